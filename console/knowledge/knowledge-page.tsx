import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch, IconUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { Page } from '../ui/page.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import { DocumentList } from './document-list.tsx';
import { DropArea } from './drop-area.tsx';
import classes from './knowledge.module.css';
import { KnowledgeTabs } from './knowledge-tabs.tsx';
import { UploadList } from './upload-list.tsx';
import { type DocumentFilter, useDocuments } from './use-documents.ts';
import { useUploads } from './use-uploads.ts';

const nothing: Omit<DocumentFilter, 'q'> = { status: null, audience: null, indexState: null };
const uploadTypes = '.pdf,.docx,.md,.markdown,.html,.htm,.txt,.csv';

/** The knowledge base: what the assistant answers from. */
export function KnowledgePage() {
  const admin = useIsAdmin();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 200);
  const [filter, setFilter] = useState(nothing);
  const documents = useDocuments({ ...filter, q });
  const { uploads, add, retry, choose, remove } = useUploads();
  const picker = useRef<HTMLInputElement>(null);
  const filtered = q !== '' || Object.values(filter).some((value) => value !== null);
  const clear = () => {
    setText('');
    setFilter(nothing);
  };

  const content = (
    <>
      <KnowledgeTabs current="documents" />
      <div className={classes.filters}>
        <TextInput
          className={classes.searchBox}
          placeholder="Search by title"
          aria-label="Search by title"
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          aria-label="Status"
          placeholder="Status"
          clearable
          data={[
            { value: 'published', label: 'Published' },
            { value: 'draft', label: 'Draft' },
          ]}
          value={filter.status}
          onChange={(status) => setFilter({ ...filter, status: status as DocumentFilter['status'] })}
        />
        <Select
          aria-label="Audience"
          placeholder="Audience"
          clearable
          data={[
            { value: 'public', label: 'Public' },
            { value: 'internal', label: 'Internal' },
          ]}
          value={filter.audience}
          onChange={(audience) => setFilter({ ...filter, audience: audience as DocumentFilter['audience'] })}
        />
        <Select
          aria-label="Indexing"
          placeholder="Indexing"
          clearable
          data={[
            { value: 'done', label: 'Indexed' },
            { value: 'pending', label: 'Waiting' },
            { value: 'running', label: 'Being indexed' },
            { value: 'failed', label: 'Not indexed' },
          ]}
          value={filter.indexState}
          onChange={(indexState) => setFilter({ ...filter, indexState: indexState as DocumentFilter['indexState'] })}
        />
      </div>
      <UploadList uploads={uploads} onRetry={retry} onChoose={choose} onRemove={remove} />
      <DocumentList
        documents={documents}
        admin={admin}
        filtered={filtered}
        onClear={clear}
        onUpload={() => picker.current?.click()}
      />
    </>
  );

  return (
    <Page
      title="Knowledge"
      wide
      actions={
        admin && (
          <>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconUpload size={14} />}
              onClick={() => picker.current?.click()}
            >
              Upload
            </Button>
            <Link to="/knowledge/new" className={classes.primaryLink}>
              <IconPlus size={14} aria-hidden /> New article
            </Link>
          </>
        )
      }
    >
      {admin ? (
        <DropArea
          picker={picker}
          accept={uploadTypes}
          onFiles={add}
          hint={
            <>
              <IconUpload size={24} aria-hidden /> Drop files to add them: PDF, Word, Markdown, HTML, text or CSV, up to
              20 MB each
            </>
          }
        >
          {content}
        </DropArea>
      ) : (
        content
      )}
    </Page>
  );
}
