import { Button, Progress } from '@mantine/core';
import { modals } from '@mantine/modals';
import {
  IconAlertCircle,
  IconArrowBackUp,
  IconCircleCheck,
  IconClock,
  IconHistory,
  IconRotateClockwise2,
} from '@tabler/icons-react';
import type { EmbeddingSpace } from '../../protocol/spaces.ts';
import notices from '../ui/notice.module.css';
import { duration, number, percent } from '../ui/time.ts';
import { TimeLabel } from '../ui/time-label.tsx';
import classes from './index-page.module.css';
import type { IndexActions } from './use-index-health.ts';

const isFull = ({ fill }: EmbeddingSpace) => fill.state === 'done' && fill.documents >= fill.total;

const isBeingFilled = ({ fill }: EmbeddingSpace) => fill.state === 'pending' || fill.state === 'running';

function lookOf({ state, fill }: EmbeddingSpace) {
  if (fill.state === 'failed') return { look: 'failed', icon: IconAlertCircle, word: 'Filling it failed' } as const;
  if (state === 'active') return { look: 'active', icon: IconCircleCheck, word: 'In use' } as const;
  if (state === 'kept') return { look: 'kept', icon: IconHistory, word: 'Kept' } as const;
  if (fill.state === 'done') return { look: 'full', icon: IconCircleCheck, word: 'Full, not in use' } as const;
  if (fill.state === 'pending') return { look: 'waiting', icon: IconClock, word: 'Waiting to be filled' } as const;
  return { look: 'filling', icon: IconRotateClockwise2, word: 'Being filled' } as const;
}

type Props = {
  space: EmbeddingSpace;
  active: EmbeddingSpace | undefined;
  /** It was in use before the present one: switching to it undoes the switch. */
  isPrevious: boolean;
  /** Undefined for those who may only look. */
  actions: IndexActions | undefined;
};

/** One model's vectors: what they are for just now, how complete they are, and what can be done with them. */
export function SpaceCard({ space, active, isPrevious, actions }: Props) {
  const { model, dimensions, configured, activatedAt, createdAt, vectors } = space;
  const { look, icon: Icon, word } = lookOf(space);
  return (
    <li className={classes.space}>
      <header>
        <h3>{model}</h3>
        <span className={classes.state} data-look={look}>
          <Icon size={14} stroke={1.75} aria-hidden /> {word}
        </span>
      </header>
      <p className={classes.facts}>
        <span>{number(dimensions)} dimensions</span>
        {configured && <span>The configured model</span>}
        {activatedAt ? (
          <span>
            {space.state === 'active' ? 'Taken into use' : 'Last taken into use'}{' '}
            <TimeLabel at={activatedAt} style="ago" />
          </span>
        ) : (
          <span>
            Begun <TimeLabel at={createdAt} style="ago" />
          </span>
        )}
      </p>
      <Filling space={space} />
      <p className={classes.facts}>
        <span>{vectors.total === 1 ? '1 vector' : `${number(vectors.total)} vectors`}</span>
        <span>{indexWords[vectors.index]}</span>
        {vectors.index !== 'exact' && vectors.waiting > 0 && (
          <span>{number(vectors.waiting)} not in it yet, compared one by one</span>
        )}
      </p>
      <Kept space={space} active={active} />
      {!space.usable && (
        <div className={classes.notice}>
          <p className={notices.warning}>{unusableWords(space)}</p>
        </div>
      )}
      {actions && <Actions space={space} active={active} isPrevious={isPrevious} actions={actions} />}
    </li>
  );
}

/** Search never moves to a kept space by itself, and nothing fills it by itself: both are said. */
function Kept({ space, active }: Pick<Props, 'space' | 'active'>) {
  const { state, configured, fill } = space;
  if (state !== 'kept') return null;
  const missing = fill.total - fill.documents;
  const current = active?.model ?? 'another model';
  return (
    <>
      {configured && (
        <p className={classes.hint}>
          EMBEDDING_MODEL names this model, but search goes on with {current}: it moves to a kept model only when
          somebody switches.
        </p>
      )}
      {missing > 0 && isBeingFilled(space) && <p className={classes.hint}>What it lacks is being filled in.</p>}
      {missing > 0 && !isBeingFilled(space) && (
        <p className={classes.hint}>
          {missing === 1
            ? 'It lacks one document, which is found by its words after a switch until it is filled in.'
            : `It lacks ${number(missing)} documents, which are found by their words after a switch until they are filled in.`}{' '}
          Fill it first to switch without that.
        </p>
      )}
    </>
  );
}

const indexWords = {
  exact: 'Few enough to compare each one',
  building: 'The vector index is being built',
  ready: 'The vector index is ready',
};

const unusableWords = ({ state }: EmbeddingSpace) =>
  state === 'active'
    ? 'This model cannot be used just now, so search goes by words alone. See whether its key is configured and its server answers.'
    : 'This model cannot be used just now. See whether its key is configured and its server answers.';

function Filling({ space }: { space: EmbeddingSpace }) {
  const { state, documents, total, documentsPerMinute, etaSeconds, error } = space.fill;
  const share = total === 0 ? 1 : Math.min(1, documents / total);
  return (
    <>
      <p className={classes.facts}>
        <span>
          {number(documents)} of {number(total)} {total === 1 ? 'document' : 'documents'}
        </span>
        {state === 'running' && documentsPerMinute !== null && <span>{number(documentsPerMinute)} a minute</span>}
        {state === 'running' && etaSeconds !== null && <span>about {duration(etaSeconds * 1000)} left</span>}
      </p>
      {!isFull(space) && (
        <Progress
          className={classes.progress}
          value={share * 100}
          size={6}
          color={state === 'failed' ? 'red' : undefined}
          aria-label={`${space.model}: ${percent(share)} of the documents`}
        />
      )}
      {error !== null && (
        <p className={classes.problem} dir="auto">
          {error}
        </p>
      )}
      {space.state === 'filling' && state !== 'failed' && state !== 'done' && (
        <p className={classes.hint}>Search moves to it by itself when it holds every document.</p>
      )}
    </>
  );
}

function Actions({ space, active, isPrevious, actions }: Props & { actions: IndexActions }) {
  const { activate, fill, remove } = actions;
  const maySwitch = space.state === 'kept' || (space.state === 'filling' && isFull(space));
  const mayFill = space.fill.state === 'failed' || (space.state === 'kept' && !isFull(space) && !isBeingFilled(space));
  const isNoted = (pending: boolean, id: string | undefined) => pending && id === space.id;
  if (space.state === 'active' && space.fill.state !== 'failed') return null;
  return (
    <div className={classes.actions}>
      {maySwitch && (
        <Button
          size="xs"
          variant="default"
          leftSection={isPrevious ? <IconArrowBackUp size={14} /> : undefined}
          loading={isNoted(activate.isPending, activate.variables?.to.id)}
          onClick={() => activate.mutate({ to: space, from: active })}
        >
          {isPrevious ? 'Undo the switch' : 'Switch to this model'}
        </Button>
      )}
      {mayFill && (
        <Button
          size="xs"
          variant="default"
          loading={isNoted(fill.isPending, fill.variables)}
          onClick={() => fill.mutate(space.id)}
        >
          {space.fill.state === 'failed' ? 'Try again' : 'Fill it first'}
        </Button>
      )}
      {space.state !== 'active' && (
        <Button
          size="xs"
          variant="subtle"
          color="red"
          className={classes.delete}
          loading={isNoted(remove.isPending, remove.variables)}
          onClick={() => askToDelete(space, () => remove.mutate(space.id))}
        >
          Delete
        </Button>
      )}
    </div>
  );
}

/** Cannot be undone, so it asks, and says what goes. */
function askToDelete({ model, vectors, fill, configured }: EmbeddingSpace, onConfirm: () => void): void {
  const lost = `${number(vectors.total)} vectors of ${number(fill.documents)} documents are lost. To use this model again, every document has to be embedded anew.`;
  modals.openConfirmModal({
    title: `Delete the vectors of ${model}?`,
    children: configured ? `${lost} EMBEDDING_MODEL names it, so the next start begins to fill it again.` : lost,
    labels: { confirm: 'Delete', cancel: 'Keep them' },
    confirmProps: { color: 'red' },
    closeButtonProps: { 'aria-label': 'Close' },
    onConfirm,
  });
}
