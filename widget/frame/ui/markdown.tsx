import type { MarkedToken, Token, Tokens } from 'marked';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Citation } from '../../../protocol/message.ts';
import { type Block, decodeEntities, isDrawn, safeAddress, splitBlocks, splitMarkers } from '../markdown.ts';
import { memo } from './memo.ts';
import { usePanel } from './panel.ts';

type MarkdownProps = {
  text: string;
  /** None while the text is still growing: its markers then only keep their place. */
  citations?: readonly Citation[];
  onCitation?: (n: number) => void;
};

/** What a marker `[n]` becomes. */
type Markers = Pick<MarkdownProps, 'citations' | 'onCitation'>;

/**
 * Markdown as elements. No HTML is ever made or read: what is drawn is what is named here, HTML in the text is text, an
 * address that is no page or e-mail is no link, and images, which would tell other servers who reads what, are links.
 */
export function Markdown({ text, citations, onCitation }: MarkdownProps) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return (
    <div class="md">
      {blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end
        <MarkdownBlock key={at} block={block} citations={citations} onCitation={onCitation} />
      ))}
    </div>
  );
}

/** Drawn anew only when its own text changes: what stands above the growing end is left alone. */
const MarkdownBlock = memo(
  ({ block, citations, onCitation }: Markers & { block: Block }) => (
    <div dir="auto">
      <One token={block.token} citations={citations} onCitation={onCitation} />
    </div>
  ),
  (before, after) => before.block.raw === after.block.raw && before.citations === after.citations,
);

function Many({ tokens, ...markers }: Markers & { tokens: Token[] | undefined }): ComponentChildren {
  // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no identity but their place
  return tokens?.filter(isDrawn).map((token, at) => <One key={at} token={token} {...markers} />);
}

function One({ token, ...markers }: Markers & { token: MarkedToken }): ComponentChildren {
  const inner = 'tokens' in token && token.tokens ? <Many tokens={token.tokens} {...markers} /> : undefined;
  switch (token.type) {
    case 'paragraph':
      return <p dir="auto">{inner}</p>;
    case 'heading':
      return (
        <p dir="auto">
          <strong>{inner}</strong>
        </p>
      );
    case 'strong':
      return <strong>{inner}</strong>;
    case 'em':
      return <em>{inner}</em>;
    case 'del':
      return <del>{inner}</del>;
    case 'blockquote':
      return <blockquote dir="auto">{inner}</blockquote>;
    case 'list':
      return <List list={token} {...markers} />;
    case 'text':
      return inner ?? <Text text={decodeEntities(token.text)} {...markers} />;
    case 'escape':
    case 'html':
      return token.text;
    case 'br':
      return <br />;
    case 'hr':
      return <hr />;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'codespan':
      return <code dir="ltr">{token.text}</code>;
    case 'code':
      return <Code text={token.text} />;
    case 'table':
      return <Table table={token} {...markers} />;
    case 'link':
      // a marker inside a link would be a button inside a link
      return <Link href={token.href}>{token.autolink ? token.text : <Many tokens={token.tokens} />}</Link>;
    case 'image':
      return <Link href={token.href}>{token.text || token.href}</Link>;
    default:
      return null;
  }
}

function Text({ text, ...markers }: Markers & { text: string }): ComponentChildren {
  return splitMarkers(text).map((piece, at) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
      <Marker key={at} n={piece.marker} {...markers} />
    ),
  );
}

function Marker({ n, citations, onCitation }: Markers & { n: number }) {
  const { words } = usePanel();
  if (!citations) return <span class="cite">{n}</span>;
  const citation = citations.find((known) => known.n === n);
  if (!citation) return <>[{n}]</>;
  return (
    <button
      type="button"
      class="cite"
      title={citation.title}
      aria-label={words.source(n, citation.title)}
      onClick={() => onCitation?.(n)}
    >
      {n}
    </button>
  );
}

function Link({ href, children }: { href: string; children: ComponentChildren }) {
  const address = safeAddress(decodeEntities(href));
  if (!address) return <>{children}</>;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function List({ list, ...markers }: Markers & { list: Tokens.List }) {
  const items = list.items.map((item, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
    <li key={at} dir="auto">
      <Many tokens={item.tokens} {...markers} />
    </li>
  ));
  return list.ordered ? (
    <ol dir="auto" start={list.start || 1}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

/** What is wider than the panel scrolls in a box of its own, by keyboard too. */
function Wide({ label, ltr, children }: { label: string; ltr?: boolean; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section for every table would be one heading too many
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="scroll" role="region" aria-label={label} tabIndex={0} dir={ltr ? 'ltr' : undefined}>
      {children}
    </div>
  );
}

function Code({ text }: { text: string }) {
  const { words } = usePanel();
  return (
    <Wide label={words.code} ltr>
      <pre>
        <code>{text}</code>
      </pre>
    </Wide>
  );
}

function Table({ table, ...markers }: Markers & { table: Tokens.Table }) {
  const { words } = usePanel();
  const cells = (row: Tokens.TableCell[]) =>
    row.map(({ header, align, tokens }, at) => {
      const Cell = header ? 'th' : 'td';
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity but their place
        <Cell key={at} dir="auto" class={align ? `to-${align}` : undefined}>
          <Many tokens={tokens} {...markers} />
        </Cell>
      );
    });
  return (
    <Wide label={words.table}>
      <table>
        <thead>
          <tr>{cells(table.header)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <tr key={at}>{cells(row)}</tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
