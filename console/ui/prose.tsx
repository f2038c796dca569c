import { type MouseEvent, useMemo } from 'react';
import type { Citation } from '../../protocol/message.ts';
import classes from './prose.module.css';
import { renderMarkdown } from './render-markdown.ts';

type Props = {
  markdown: string;
  citations?: readonly Citation[];
  onCitation?: (citation: Citation) => void;
  className?: string | undefined;
};

/** Rendered markdown; every paragraph takes its own writing direction. */
export function Prose({ markdown, citations, onCitation, className }: Props) {
  const html = useMemo(() => renderMarkdown(markdown, citations), [markdown, citations]);
  const onClick = (event: MouseEvent) => {
    const mark = event.target instanceof Element ? event.target.closest('[data-citation]') : null;
    const citation = citations?.find(({ n }) => String(n) === mark?.getAttribute('data-citation'));
    if (citation) onCitation?.(citation);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the marks inside are buttons, their clicks arrive here
    // biome-ignore lint/a11y/useKeyWithClickEvents: a button's click comes from the keyboard too
    <div
      dir="auto"
      className={`${classes.prose} ${className ?? ''}`}
      onClick={onClick}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: sanitised by renderMarkdown
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
