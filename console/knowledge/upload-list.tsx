import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconX } from '@tabler/icons-react';
import { bytes, percent } from '../ui/time.ts';
import classes from './knowledge.module.css';
import type { Upload } from './use-uploads.ts';

type Props = { uploads: readonly Upload[]; onRetry: (id: string) => void; onRemove: (id: string) => void };

export function UploadList({ uploads, onRetry, onRemove }: Props) {
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
                aria-label={`${upload.state === 'failed' ? 'Dismiss' : 'Stop'} ${upload.file.name}`}
                onClick={() => onRemove(upload.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </div>
          {upload.state === 'failed' ? (
            <p className={classes.problem} role="alert">
              <IconAlertCircle size={14} aria-hidden /> {upload.error}
            </p>
          ) : (
            <Progress value={upload.share * 100} size={4} aria-label={`Upload of ${upload.file.name}`} />
          )}
        </li>
      ))}
    </ul>
  );
}

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
