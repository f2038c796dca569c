import { Autocomplete, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { fetchDocuments } from '../api/calls.ts';
import classes from './quality.module.css';

/** As the server checks it (locale in protocol/common.ts), without taking the schemas into the page. */
const localePattern = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

type Filters = { audience: 'public' | 'internal' | null; locale: string | null; limit: number };
type Props = { filters: Filters; onChange: (filters: Filters) => void };

/** Where is searched, and how much of it is shown. */
export function SearchFilters({ filters, onChange }: Props) {
  const [typed, setTyped] = useState(filters.locale ?? '');
  const documents = useQuery({
    queryKey: ['locales'],
    queryFn: ({ signal }) => fetchDocuments({ limit: 100 }, signal),
    select: ({ data }) => [...new Set(data.map(({ locale }) => locale))].toSorted(),
  });
  const isLocale = typed === '' || localePattern.test(typed);
  const write = (locale: string) => {
    setTyped(locale);
    if (locale === '' || localePattern.test(locale)) onChange({ ...filters, locale: locale === '' ? null : locale });
  };
  return (
    <div className={classes.filters}>
      <Select
        label="Audience"
        allowDeselect={false}
        data={[
          { value: 'everyone', label: 'Everyone' },
          { value: 'public', label: 'Public' },
          { value: 'internal', label: 'Internal' },
        ]}
        value={filters.audience ?? 'everyone'}
        onChange={(audience) =>
          onChange({ ...filters, audience: audience === 'public' || audience === 'internal' ? audience : null })
        }
      />
      <Autocomplete
        label="Language"
        placeholder="Any"
        data={documents.data ?? []}
        value={typed}
        onChange={write}
        error={isLocale ? undefined : 'Such as en or pt-BR'}
        clearable
        clearButtonProps={{ 'aria-label': 'Any language' }}
      />
      <Select
        label="Results"
        allowDeselect={false}
        data={['5', '10', '20', '50']}
        value={String(filters.limit)}
        onChange={(limit) => onChange({ ...filters, limit: Number(limit ?? 10) })}
      />
    </div>
  );
}
