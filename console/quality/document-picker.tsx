import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchDocuments } from '../api/calls.ts';
import classes from './quality.module.css';
import type { RightDocument } from './use-judging.ts';

type Props = { taken: readonly RightDocument[]; onPick: (document: RightDocument) => void };

/** Finds a document by its title, for when the right one is not among the results. */
export function DocumentPicker({ taken, onPick }: Props) {
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({
    queryKey: ['documents', 'by-title', q],
    queryFn: ({ signal }) => fetchDocuments({ q, status: 'published', limit: 20 }, signal),
    placeholderData: keepPreviousData,
  });
  const documents = found.data?.data.filter(({ id }) => !taken.some((one) => one.id === id)) ?? [];
  return (
    <Select
      className={classes.picker}
      aria-label="Another document, by title"
      placeholder="Another document, by title"
      size="xs"
      searchable
      value={null}
      searchValue={text}
      onSearchChange={setText}
      data={documents.map(({ id, title }) => ({ value: id, label: title }))}
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? 'Searching' : 'No published document with this title'}
      onChange={(id) => {
        const document = documents.find((one) => one.id === id);
        if (document) onPick({ id: document.id, title: document.title });
        setText('');
      }}
    />
  );
}
