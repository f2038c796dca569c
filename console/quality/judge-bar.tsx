import { Button, Pill } from '@mantine/core';
import { IconClipboardCheck } from '@tabler/icons-react';
import { DocumentPicker } from './document-picker.tsx';
import classes from './quality.module.css';
import type { Judging } from './use-judging.ts';

/** Begins to judge what was found. */
export function JudgeButton({ judging }: { judging: Judging }) {
  return (
    <Button size="xs" variant="default" leftSection={<IconClipboardCheck size={14} />} onClick={() => judging.open()}>
      Add as an evaluation question
    </Button>
  );
}

/** Keeps what was asked as an evaluation question, with the documents that were ticked. Stays in sight while one ticks. */
export function JudgeBar({ judging }: { judging: Judging }) {
  const { isSaving, right } = judging;
  return (
    <section className={classes.judge} aria-label="Evaluation question">
      <p>
        <strong>Which documents answer this question?</strong> Tick them above, or find one that is not there.
      </p>
      {right.length > 0 && (
        <Pill.Group>
          {right.map((document) => (
            <Pill
              key={document.id}
              withRemoveButton
              removeButtonProps={{ 'aria-label': `Take out ${document.title}`, 'aria-hidden': false, tabIndex: 0 }}
              onRemove={() => judging.toggle(document)}
            >
              {document.title}
            </Pill>
          ))}
        </Pill.Group>
      )}
      <div className={classes.judgeActions}>
        <DocumentPicker taken={right} onPick={(document) => judging.toggle(document)} />
        <Button size="xs" disabled={right.length === 0} loading={isSaving} onClick={() => judging.save(true)}>
          Save
        </Button>
        <Button size="xs" variant="default" disabled={right.length > 0 || isSaving} onClick={() => judging.save(false)}>
          None does
        </Button>
        <Button size="xs" variant="subtle" color="gray" disabled={isSaving} onClick={() => judging.close()}>
          Cancel
        </Button>
      </div>
    </section>
  );
}
