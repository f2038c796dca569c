import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { signIn } from '../api/calls.ts';
import { ApiError, errorText } from '../api/http.ts';
import { queryClient } from '../app/queries.ts';
import { duration } from '../ui/time.ts';
import classes from './card-page.module.css';
import { CardPage } from './card-page.tsx';

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (/^\S+@\S+\.\S+$/.test(value.trim()) ? null : 'Enter the e-mail address of your account.'),
      password: (value) => (value === '' ? 'Enter your password.' : null),
    },
  });
  const entering = useMutation({
    mutationFn: (values: typeof form.values) => signIn(values.email.trim(), values.password),
    onSuccess: () => {
      queryClient.clear();
      router.history.push(`/console${next ?? '/inbox'}`);
    },
  });

  return (
    <CardPage title="Sign in to Parley">
      <form className={classes.form} onSubmit={form.onSubmit((values) => entering.mutate(values))} noValidate>
        {entering.isError && (
          <Alert color="red" variant="light" role="alert">
            {signInErrorText(entering.error)}
          </Alert>
        )}
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus
          size="md"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" loading={entering.isPending}>
          Sign in
        </Button>
      </form>
    </CardPage>
  );
}

function signInErrorText(error: unknown): string {
  if (!(error instanceof ApiError)) return errorText(error);
  if (error.status === 429) {
    const wait = error.retryAfterSeconds ? duration(error.retryAfterSeconds * 1000) : 'a few minutes';
    return `Too many attempts. Try again in ${wait}.`;
  }
  // An address that the server does not take for one cannot be an account's either.
  return [401, 403, 422].includes(error.status)
    ? 'E-mail and password do not match. Check both and try again.'
    : error.message;
}
