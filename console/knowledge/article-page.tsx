import { Button } from '@mantine/core';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { DocumentWithBody } from '../../protocol/knowledge.ts';
import { createDocument, deleteDocument, fetchDocument, patchDocument } from '../api/calls.ts';
import { ApiError, errorText } from '../api/http.ts';
import { Page } from '../ui/page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useIsAdmin } from '../ui/use-role.ts';
import { type Article, changesOf, emptyArticle, toArticle, toNewDocument } from './article.ts';
import { ArticleForm } from './article-form.tsx';
import { ReadOnlyDocument } from './read-only-document.tsx';

export function NewArticlePage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const saving = useMutation({
    mutationFn: (article: Article) => createDocument(toNewDocument(article)),
    onSuccess: async (document) => {
      void queries.invalidateQueries({ queryKey: ['documents'] });
      notifications.show({ message: document.status === 'draft' ? 'Draft saved.' : 'Published. It is being indexed.' });
      await navigate({ to: '/knowledge/$documentId', params: { documentId: document.id }, ignoreBlocker: true });
    },
  });
  return (
    <ArticleForm
      title="New article"
      saved={emptyArticle}
      saving={saving.isPending}
      error={saving.error}
      onSave={(article) => saving.mutateAsync(article)}
    />
  );
}

export function ArticlePage() {
  const { documentId } = useParams({ from: '/app/knowledge/$documentId' });
  const admin = useIsAdmin();
  const found = useQuery({
    queryKey: ['document', documentId],
    queryFn: () => fetchDocument(documentId),
    refetchInterval: ({ state }) =>
      state.data?.index.state === 'pending' || state.data?.index.state === 'running' ? 1_500 : false,
  });
  if (found.isPending) {
    return (
      <Page title="Article">
        <SkeletonRows rows={8} height={56} label="Loading the article" />
      </Page>
    );
  }
  if (found.isError) {
    return (
      <Page title="Article">
        {found.error instanceof ApiError && found.error.status === 404 ? (
          <EmptyState action={<Link to="/knowledge">All documents</Link>}>
            There is no such document here. It may have been deleted.
          </EmptyState>
        ) : (
          <ErrorState error={found.error} onRetry={() => void found.refetch()} />
        )}
      </Page>
    );
  }
  if (!admin || found.data.kind === 'file') {
    return (
      <ReadOnlyDocument document={found.data} actions={admin ? <DeleteButton document={found.data} /> : undefined} />
    );
  }
  return <ArticleEditor key={documentId} document={found.data} />;
}

function ArticleEditor({ document }: { document: DocumentWithBody }) {
  const queries = useQueryClient();
  const saved = toArticle(document);
  const saving = useMutation({
    mutationFn: (article: Article) => patchDocument(document.id, changesOf(saved, article)),
    onSuccess: async (changed, article) => {
      queries.setQueryData(['document', document.id], { ...document, ...changed, body: article.body });
      void queries.invalidateQueries({ queryKey: ['documents'] });
      notifications.show({ message: article.status === 'draft' ? 'Draft saved.' : 'Saved. It is being indexed.' });
    },
  });
  return (
    <ArticleForm
      title={document.title}
      saved={saved}
      index={document.index}
      saving={saving.isPending}
      error={saving.error}
      onSave={(article) => saving.mutateAsync(article)}
      actions={<DeleteButton document={document} />}
    />
  );
}

/** Cannot be undone, so it asks, and says what goes. */
function DeleteButton({ document }: { document: DocumentWithBody }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const deleting = useMutation({
    mutationFn: () => deleteDocument(document.id),
    onSuccess: async () => {
      void queries.invalidateQueries({ queryKey: ['documents'] });
      notifications.show({ message: `“${document.title}” is deleted.` });
      await navigate({ to: '/knowledge', ignoreBlocker: true });
      queries.removeQueries({ queryKey: ['document', document.id] });
    },
    onError: (error) =>
      notifications.show({ color: 'red', title: 'It could not be deleted', message: errorText(error) }),
  });
  const ask = () =>
    modals.openConfirmModal({
      title: `Delete “${document.title}”?`,
      children: `Its text and its ${document.version === 1 ? 'one version' : `${document.version} versions`} are lost, and the assistant no longer answers from it. Answers already given keep their quotes.`,
      labels: { confirm: 'Delete', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': 'Close' },
      onConfirm: () => deleting.mutate(),
    });
  return (
    <Button
      size="xs"
      variant="subtle"
      color="red"
      leftSection={<IconTrash size={14} />}
      loading={deleting.isPending}
      onClick={ask}
    >
      Delete
    </Button>
  );
}
