import { markdown } from '@codemirror/lang-markdown';
import { useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorView, Prec } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { cspNonce } from '../app/csp-nonce.ts';

type Props = { value: string; onChange: (value: string) => void; label: string };

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--c-surface)', color: 'var(--c-text)', fontSize: '14px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
  '.cm-content': { padding: '16px', caretColor: 'var(--c-text)' },
  '.cm-placeholder': { color: 'var(--c-dim)' },
  '.cm-cursor': { borderLeftColor: 'var(--c-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--c-selected)',
  },
});

/** CodeMirror for Markdown; loaded only where articles are written. */
export function MarkdownEditor({ value, onChange, label }: Props) {
  const scheme = useComputedColorScheme('light');
  const extensions = useMemo(
    () => [
      markdown(),
      EditorView.lineWrapping,
      EditorView.perLineTextDirection.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'true', autocapitalize: 'on', dir: 'auto' }),
      EditorView.cspNonce.of(cspNonce),
      Prec.highest(look),
    ],
    [label],
  );
  return (
    <CodeMirror
      value={value}
      placeholder="Write in Markdown"
      onChange={onChange}
      extensions={extensions}
      theme={scheme}
      height="100%"
      style={{ height: '100%' }}
      // Tab moves on, as everywhere else on the page.
      indentWithTab={false}
      basicSetup={{ lineNumbers: false, foldGutter: false, highlightActiveLine: false, autocompletion: false }}
    />
  );
}
