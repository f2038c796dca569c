import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { Dock } from './composer.tsx';
import { Conversation } from './conversation.tsx';
import { Header } from './header.tsx';
import { Home } from './home.tsx';
import { keepFocusInside } from './keep-focus-inside.ts';
import { NoticeBar } from './notice-bar.tsx';
import { Opening } from './opening.tsx';
import { type Panel, PanelContext } from './panel.ts';
import { PassageSheet } from './passage-sheet.tsx';

export type AppProps = Omit<Panel, 'state'>;

export function App(props: AppProps) {
  const { chat, fullscreen, close } = props;
  const [state, setState] = useState(chat.store.get());
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => chat.store.subscribe(setState), [chat]);
  const { view, passage } = state;

  // the chip that opened the passage gets the focus back
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (passage) opener.current = document.activeElement;
    else if (opener.current instanceof HTMLElement) opener.current.focus();
  }, [passage]);

  // on the document: a button that goes away when it is pressed leaves the focus nowhere
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.isComposing) {
      if (passage) chat.store.update((now) => ({ ...now, passage: undefined }));
      else close();
    }
    if (event.key === 'Tab' && root.current && (fullscreen || passage)) {
      keepFocusInside(event, passage ? (root.current.querySelector('.sheet') ?? root.current) : root.current);
    }
  };
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });

  const ready = state.phase === 'ready' || state.session !== undefined;
  return (
    <PanelContext.Provider value={{ ...props, state }}>
      <div class="app" ref={root}>
        <div class="under" inert={passage !== undefined}>
          <Header />
          <NoticeBar />
          <main>
            {!ready ? <Opening /> : view.screen === 'home' ? <Home /> : <Conversation target={view.target} />}
          </main>
          {ready && <Dock />}
        </div>
        {passage && <PassageSheet key={`${passage.messageId}/${passage.n}`} passage={passage} />}
        {view.screen === 'conversation' && <Announcer target={view.target} />}
      </div>
    </PanelContext.Provider>
  );
}
