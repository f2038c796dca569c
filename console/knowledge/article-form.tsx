import { Alert, Button, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useBlocker } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useDeferredValue, useEffect, useRef, useState } from 'react';
import type { Document } from '../../protocol/knowledge.ts';
import { ApiError, errorText } from '../api/http.ts';
import { Prose } from '../ui/prose.tsx';
import { type Article, isChanged, problemsOf } from './article.ts';
import classes from './article-form.module.css';
import { IndexLabel } from './index-label.tsx';

const MarkdownEditor = lazy(async () => ({ default: (await import('./markdown-editor.tsx')).MarkdownEditor }));

type Props = {
  title: string;
  saved: Article;
  index?: Document['index'];
  saving: boolean;
  error: unknown;
  onSave: (article: Article) => Promise<unknown>;
  actions?: ReactNode;
};

/** Writes an article: the text beside how it will look, and who may find it. */
export function ArticleForm({ title, saved, index, saving, error, onSave, actions }: Props) {
  const [article, setArticle] = useState(saved);
  const [tried, setTried] = useState(false);
  const [side, setSide] = useState<'write' | 'preview'>('write');
  const preview = useDeferredValue(article.body);
  const changed = isChanged(saved, article);
  const problems = tried ? { ...serverProblems(error), ...problemsOf(article) } : {};
  const set = (values: Partial<Article>) => setArticle((now) => ({ ...now, ...values }));
  useGuard(changed && !saving);
  useEffect(() => {
    document.title = `${title} · Knowledge · Parley`;
  }, [title]);

  const save = (status: Article['status']) => {
    const next = { ...article, status };
    setTried(true);
    if (saving || Object.keys(problemsOf(next)).length > 0) return;
    onSave(next).then(
      () => setArticle((now) => ({ ...now, status })),
      // Shown above the form.
      () => undefined,
    );
  };
  useSaveKey(() => changed && save(article.status));

  return (
    <form className={classes.form} onSubmit={(event) => event.preventDefault()}>
      <header className={classes.header}>
        <Link to="/knowledge" className={classes.back} aria-label="Back to knowledge">
          <IconArrowLeft size={18} stroke={1.75} aria-hidden />
        </Link>
        <h1>{title}</h1>
        {index && <IndexLabel index={index} />}
        <span className={classes.unsaved} role="status">
          {changed ? 'Not saved yet' : ''}
        </span>
        <div className={classes.actions}>
          {actions}
          <SaveButtons status={saved.status} changed={changed} saving={saving} save={save} />
        </div>
      </header>
      {error !== null && (
        <Alert color="red" className={classes.alert} role="alert">
          {errorText(error)}
        </Alert>
      )}
      {index?.state === 'failed' && (
        <Alert color="red" className={classes.alert}>
          The assistant cannot find this version. {index.error}
        </Alert>
      )}
      <div className={classes.fields}>
        <TextInput
          className={classes.titleField}
          label="Title"
          value={article.title}
          onChange={(event) => set({ title: event.currentTarget.value })}
          error={problems.title}
          maxLength={500}
          dir="auto"
          autoFocus={saved.title === ''}
        />
        <TextInput
          className={classes.urlField}
          label="Address on your website"
          placeholder="https://"
          type="url"
          value={article.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
          error={problems.url}
        />
        <Select
          label="Audience"
          allowDeselect={false}
          data={[
            { value: 'public', label: 'Public' },
            { value: 'internal', label: 'Internal: agents only' },
          ]}
          value={article.audience}
          onChange={(audience) => set({ audience: audience === 'internal' ? 'internal' : 'public' })}
        />
        <TextInput
          className={classes.localeField}
          label="Language"
          value={article.locale}
          onChange={(event) => set({ locale: event.currentTarget.value })}
          error={problems.locale}
        />
      </div>
      <SegmentedControl
        className={classes.sideChoice}
        size="xs"
        value={side}
        onChange={(value) => setSide(value === 'preview' ? 'preview' : 'write')}
        data={[
          { value: 'write', label: 'Write' },
          { value: 'preview', label: 'Preview' },
        ]}
        aria-label="What to show"
      />
      <div className={classes.sides} data-side={side}>
        <div className={classes.write} data-problem={problems.body !== undefined || undefined}>
          <Suspense fallback={<Skeleton height="100%" radius={0} />}>
            <MarkdownEditor value={article.body} onChange={(body) => set({ body })} label="Text, in Markdown" />
          </Suspense>
          {problems.body && (
            <p className={classes.problem} role="alert">
              {problems.body}
            </p>
          )}
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className={classes.preview} aria-label="Preview" tabIndex={0}>
          {preview.trim() === '' ? (
            <p className={classes.empty}>What you write shows up here.</p>
          ) : (
            <Prose markdown={preview} />
          )}
        </section>
      </div>
    </form>
  );
}

type SaveProps = {
  status: Article['status'];
  changed: boolean;
  saving: boolean;
  save: (status: Article['status']) => void;
};

function SaveButtons({ status, changed, saving, save }: SaveProps) {
  if (status === 'published') {
    return (
      <>
        <Button size="xs" variant="default" disabled={saving} onClick={() => save('draft')}>
          Unpublish
        </Button>
        <Button size="xs" loading={saving} disabled={!changed} onClick={() => save('published')}>
          Save
        </Button>
      </>
    );
  }
  return (
    <>
      <Button size="xs" variant="default" disabled={!changed || saving} onClick={() => save('draft')}>
        Save draft
      </Button>
      <Button size="xs" loading={saving} onClick={() => save('published')}>
        Publish
      </Button>
    </>
  );
}

/** Leaving with changes asks first, inside the console and when the tab is closed. */
function useGuard(changed: boolean) {
  useBlocker({
    enableBeforeUnload: changed,
    shouldBlockFn: () => {
      if (!changed) return false;
      return new Promise<boolean>((resolve) => {
        modals.openConfirmModal({
          title: 'Leave without saving?',
          children: 'What you wrote since the last save is lost.',
          labels: { confirm: 'Leave', cancel: 'Go on writing' },
          confirmProps: { color: 'red' },
          closeButtonProps: { 'aria-label': 'Close' },
          onConfirm: () => resolve(false),
          onCancel: () => resolve(true),
          onClose: () => resolve(true),
        });
      });
    },
  });
}

/** Also while the cursor is in the text. */
function useSaveKey(save: () => void) {
  const latest = useRef(save);
  latest.current = save;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function serverProblems(error: unknown): Record<string, string> {
  return error instanceof ApiError ? Object.fromEntries(error.fields.map(({ path, message }) => [path, message])) : {};
}
