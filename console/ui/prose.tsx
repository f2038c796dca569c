import { type MouseEvent, useMemo } from 'react';
import type { Citation } from '../../protocol/message.ts';
import { markWords } from './mark-words.ts';
import classes from './prose.module.css';
import { renderMarkdown } from './render-markdown.ts';

type Props = {
  markdown: string;
  citations?: readonly Citation[];
  onCitation?: (citation: Citation) => void;
  className?: string | undefined;
  /** Words to mark, as the server writes their forms. */
  forms?: ReadonlySet<string> | undefined;
};

/** Rendered markdown; every paragraph takes its own writing direction. */
export function Prose({ markdown, citations, onCitation, className, forms }: Props) {
  const html = useMemo(() => {
    const rendered = renderMarkdown(markdown, citations);
    return forms ? markWords(rendered, forms) : rendered;
  }, [markdown, citations, forms]);
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
