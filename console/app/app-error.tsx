import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { ApiError } from '../api/http.ts';
import { EmptyState, ErrorState } from '../ui/states.tsx';

/** A page that could not be shown. */
export function AppError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  const text =
    error instanceof ApiError ? error.message : 'This page could not be loaded. Check your connection and try again.';
  return <ErrorState error={text} onRetry={retry} />;
}

export function NotFound() {
  return (
    <EmptyState
      action={
        <Button component={Link} to="/inbox/{-$conversationId}" variant="default">
          Go to the inbox
        </Button>
      }
    >
      There is no such page.
    </EmptyState>
  );
}
