import { Alert, Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { acceptInvitation, fetchInvitation, signIn } from '../api/calls.ts';
import { ApiError, errorText } from '../api/http.ts';
import { queryClient } from '../app/queries.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import classes from './card-page.module.css';
import { CardPage } from './card-page.tsx';

const passwordMin = 8;

/** A new agent chooses a password and is signed in. */
export function InvitePage() {
  const { token } = useParams({ from: '/invite/$token' });
  const router = useRouter();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => fetchInvitation(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (value) => (value.length < passwordMin ? `Choose at least ${passwordMin} characters.` : null),
    },
  });
  const accepting = useMutation({
    mutationFn: async (values: typeof form.values) => {
      await acceptInvitation(token, values.password);
      if (invitation.data) await signIn(invitation.data.email, values.password);
    },
    onSuccess: () => {
      // All but this page's own invitation, which would be asked for again and is used up.
      queryClient.removeQueries({ type: 'inactive' });
      router.history.push('/console/inbox');
    },
  });

  if (invitation.isPending) {
    return (
      <CardPage title="Your invitation">
        <SkeletonRows rows={2} height={48} label="Loading the invitation" />
      </CardPage>
    );
  }
  if (invitation.isError) {
    const gone = invitation.error instanceof ApiError && invitation.error.status < 500 && invitation.error.status > 0;
    return (
      <CardPage title="Your invitation">
        {gone ? (
          <>
            <p>This link was used already or is older than seven days. Ask an admin to invite you again.</p>
            <Button component={Link} to="/sign-in" variant="default">
              Sign in instead
            </Button>
          </>
        ) : (
          <ErrorState error={invitation.error} onRetry={() => void invitation.refetch()} />
        )}
      </CardPage>
    );
  }
  return (
    <CardPage title={`Join ${invitation.data.workspaceName}`}>
      <p>
        {invitation.data.name}, choose a password for {invitation.data.email}.
      </p>
      <form className={classes.form} onSubmit={form.onSubmit((values) => accepting.mutate(values))} noValidate>
        {accepting.isError && (
          <Alert color="red" variant="light" role="alert">
            {errorText(accepting.error)}
          </Alert>
        )}
        <input type="hidden" autoComplete="username" value={invitation.data.email} readOnly />
        <PasswordInput
          label="Password"
          description={`At least ${passwordMin} characters`}
          autoComplete="new-password"
          autoFocus
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" loading={accepting.isPending}>
          Join and sign in
        </Button>
      </form>
    </CardPage>
  );
}
