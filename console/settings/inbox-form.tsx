import {
  Alert,
  Button,
  ColorInput,
  PasswordInput,
  SegmentedControl,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Inbox } from '../../protocol/staff.ts';
import { type InboxChange, patchInbox } from '../api/calls.ts';
import { ApiError, errorText } from '../api/http.ts';
import { inboxesQuery } from '../app/queries.ts';
import classes from './settings.module.css';

const suggestionsMax = 5;

const isOrigin = (value: string) => value === '*' || (URL.canParse(value) && new URL(value).origin === value);

export function InboxForm({ inbox }: { inbox: Inbox }) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      name: inbox.name,
      allowedOrigins: inbox.allowedOrigins,
      identitySecret: '',
      identityRequired: inbox.identityRequired,
      ...inbox.appearance,
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Give the inbox a name. Customers see it.' : null),
      allowedOrigins: (values) => {
        const wrong = values.find((value) => !isOrigin(value));
        return wrong ? `“${wrong}” is not an origin. One looks like https://shop.example, without a path.` : null;
      },
      identitySecret: (value) => (value === '' || value.length >= 32 ? null : 'A secret has at least 32 characters.'),
      color: (value) => (/^#[0-9a-f]{6}$/i.test(value) ? null : 'A colour looks like #0f766e.'),
    },
  });
  const saving = useMutation({
    mutationFn: (change: InboxChange) => patchInbox(inbox.id, change),
    onSuccess: (_saved, change) => {
      notifications.show({ message: change.identitySecret === null ? 'The secret is removed.' : 'Saved.' });
      form.setFieldValue('identitySecret', '');
      form.resetDirty();
      return queries.invalidateQueries(inboxesQuery);
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      for (const { path, message } of error.fields)
        form.setFieldError(path.replace(/^appearance\./, '').split('.')[0] ?? path, message);
    },
  });
  const submit = ({ identitySecret, name, allowedOrigins, identityRequired, ...appearance }: typeof form.values) =>
    saving.mutate({
      name,
      allowedOrigins,
      identityRequired,
      appearance,
      ...(identitySecret === '' ? {} : { identitySecret }),
    });
  const askToRemove = () =>
    modals.openConfirmModal({
      title: 'Remove the identity secret?',
      children: 'Tokens signed with it stop working at once, and customers of your website are no longer recognised.',
      labels: { confirm: 'Remove', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': 'Close' },
      onConfirm: () => saving.mutate({ identitySecret: null, identityRequired: false }),
    });

  return (
    <form className={classes.section} onSubmit={form.onSubmit(submit)} noValidate>
      <section className={classes.fields}>
        <h2>What customers see</h2>
        <TextInput label="Name" maxLength={120} {...form.getInputProps('name')} />
        <Textarea
          label="Greeting"
          autosize
          minRows={1}
          maxRows={4}
          maxLength={200}
          {...form.getInputProps('greeting')}
        />
        <TagsInput
          label="Suggested questions"
          description="Asked with one tap on the first screen. Enter adds one; at most five."
          maxTags={suggestionsMax}
          splitChars={[]}
          acceptValueOnBlur
          {...form.getInputProps('suggestions')}
        />
        <div className={classes.row}>
          <ColorInput
            label="Colour"
            format="hex"
            withEyeDropper={false}
            popoverProps={{ withinPortal: true }}
            {...form.getInputProps('color')}
          />
          <div>
            <span className={classes.label} id="position-label">
              Side of the page
            </span>
            <SegmentedControl
              aria-labelledby="position-label"
              data={[
                { value: 'left', label: 'Left' },
                { value: 'right', label: 'Right' },
              ]}
              {...form.getInputProps('position')}
            />
          </div>
        </div>
      </section>
      <section className={classes.fields}>
        <h2>Where it may be</h2>
        <TagsInput
          label="Allowed origins"
          description="Websites that may show this widget, such as https://shop.example. Enter adds one; “*” allows every website."
          acceptValueOnBlur
          {...form.getInputProps('allowedOrigins')}
        />
      </section>
      <section className={classes.fields}>
        <h2>Who customers are</h2>
        <PasswordInput
          label={inbox.hasIdentitySecret ? 'New identity secret' : 'Identity secret'}
          description={
            inbox.hasIdentitySecret
              ? 'One is set. It is never shown; what you enter here replaces it.'
              : 'Your server signs who a customer is with it (HS256). At least 32 characters.'
          }
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the secret' }}
          {...form.getInputProps('identitySecret')}
        />
        {inbox.hasIdentitySecret && (
          <Button size="xs" variant="subtle" color="red" className={classes.start} onClick={askToRemove}>
            Remove the secret
          </Button>
        )}
        <Switch
          label="Only customers whose identity is proven may write"
          disabled={!inbox.hasIdentitySecret && form.values.identitySecret === ''}
          {...form.getInputProps('identityRequired', { type: 'checkbox' })}
        />
      </section>
      {saving.isError && (
        <Alert color="red" role="alert">
          {errorText(saving.error)}
        </Alert>
      )}
      <Button type="submit" className={classes.start} loading={saving.isPending} disabled={!form.isDirty()}>
        Save
      </Button>
    </form>
  );
}
