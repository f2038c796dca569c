import { type DragEvent, type ReactNode, type RefObject, useRef, useState } from 'react';
import classes from './knowledge.module.css';

type Props = {
  /** Opens the browser's own file dialog, once this is drawn. */
  picker: RefObject<HTMLInputElement | null>;
  accept: string;
  /** What is shown over everything while files hover above it. */
  hint: ReactNode;
  onFiles: (files: readonly File[]) => void;
  children: ReactNode;
};

/** Takes files that are dropped anywhere on it, or picked. Which types are taken is the server's word, for both ways. */
export function DropArea({ picker, accept, hint, onFiles, children }: Props) {
  const [over, setOver] = useState(false);
  // Moving onto a child leaves its parent: only as many leaves as enters mean that the files are gone.
  const depth = useRef(0);
  const stop = () => {
    depth.current = 0;
    setOver(false);
  };
  const take = (files: FileList | null) => {
    if (files && files.length > 0) onFiles([...files]);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse; the picker is there for everyone
    <div
      className={classes.dropArea}
      onDragEnter={(event) => {
        if (!holdsFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDragLeave={(event) => {
        if (!holdsFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) stop();
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        stop();
        take(event.dataTransfer.files);
      }}
    >
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={accept}
        aria-label="Files to upload"
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file can be picked again.
          event.currentTarget.value = '';
        }}
      />
      {children}
      {over && <div className={classes.dropHint}>{hint}</div>}
    </div>
  );
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
