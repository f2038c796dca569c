import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Document } from '../../protocol/knowledge.ts';
import { bytes, percent } from '../ui/time.ts';
import classes from './knowledge.module.css';
import type { NameChoice } from './upload-file.ts';
import type { Upload } from './use-uploads.ts';

type Props = {
  uploads: readonly Upload[];
  onRetry: (id: string) => void;
  onChoose: (id: string, choice: NameChoice) => void;
  onRemove: (id: string) => void;
};

export function UploadList({ uploads, onRetry, onChoose, onRemove }: Props) {
  if (uploads.length === 0) return null;
  return (
    <ul className={classes.uploads} aria-label="Uploads">
      {uploads.map((upload) => (
        <li key={upload.id}>
          <div className={classes.uploadHead}>
            <span className={classes.fileName}>{upload.file.name}</span>
            <span className={classes.dim}>{bytes(upload.file.size)}</span>
            <UploadState upload={upload} />
            {upload.state === 'failed' && upload.mayRetry && (
              <Button size="compact-xs" variant="default" onClick={() => onRetry(upload.id)}>
                Try again
              </Button>
            )}
            {upload.state !== 'sent' && (
              <ActionIcon
                size={24}
                aria-label={`${isUnderWay(upload) ? 'Stop' : 'Dismiss'} ${upload.file.name}`}
                onClick={() => onRemove(upload.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </div>
          <Outcome upload={upload} onChoose={(choice) => onChoose(upload.id, choice)} />
        </li>
      ))}
    </ul>
  );
}

const isUnderWay = ({ state }: Upload) => state === 'waiting' || state === 'sending';

function UploadState({ upload }: { upload: Upload }) {
  if (upload.state === 'sent') {
    return (
      <span className={classes.dim}>
        <IconCheck size={14} aria-hidden /> Uploaded
      </span>
    );
  }
  if (upload.state === 'waiting') return <span className={classes.dim}>Waiting</span>;
  return upload.state === 'sending' ? <span className={classes.dim}>{percent(upload.share)}</span> : null;
}

function Outcome({ upload, onChoose }: { upload: Upload; onChoose: (choice: NameChoice) => void }) {
  const { state, document } = upload;
  if (state === 'failed') {
    return (
      <p className={classes.problem} role="alert">
        <IconAlertCircle size={14} aria-hidden /> {upload.error}
      </p>
    );
  }
  if (state === 'there' && document) {
    return (
      <p className={classes.uploadNote} role="status">
        This file is there already: <DocumentLink document={document} />
      </p>
    );
  }
  if (state === 'taken' && document) {
    return (
      <div className={classes.uploadNote} role="status">
        <span>
          A file of this name is there already, with other content: <DocumentLink document={document} />
        </span>
        <Button size="compact-xs" variant="default" onClick={() => onChoose({ replaces: document.id })}>
          Replace it
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChoose({ keepBoth: true })}>
          Keep both
        </Button>
      </div>
    );
  }
  return <Progress value={upload.share * 100} size={4} aria-label={`Upload of ${upload.file.name}`} />;
}

function DocumentLink({ document }: { document: Document }) {
  return (
    <Link to="/knowledge/$documentId" params={{ documentId: document.id }} dir="auto">
      {document.title}
    </Link>
  );
}
