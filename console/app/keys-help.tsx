import { Modal } from '@mantine/core';
import { modKey } from '../ui/use-keys.ts';
import classes from './keys-help.module.css';

const groups = [
  {
    title: 'Anywhere',
    keys: [
      [`${modKey} K`, 'Find a conversation, an article or a page'],
      ['?', 'Show these keys'],
    ],
  },
  {
    title: 'Inbox',
    keys: [
      ['J', 'Next conversation'],
      ['K', 'Previous conversation'],
      ['Enter', 'Open it'],
      ['Esc', 'Back to the list'],
    ],
  },
  {
    title: 'Conversation',
    keys: [
      ['R', 'Reply'],
      ['N', 'Write a note'],
      ['C', 'Claim'],
      ['A', 'Assign'],
      ['E', 'Resolve, or reopen'],
      ['S', 'Snooze'],
      ['I', 'Show the details'],
      [`${modKey} Enter`, 'Send'],
    ],
  },
  { title: 'Articles', keys: [[`${modKey} S`, 'Save']] },
];

export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      {groups.map(({ title, keys }) => (
        <section key={title} className={classes.group}>
          <h3>{title}</h3>
          <dl>
            {keys.map(([key, meaning]) => (
              <div key={key} className={classes.row}>
                <dt>
                  <kbd className={classes.key}>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
