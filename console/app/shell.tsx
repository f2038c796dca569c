import { Outlet, useMatch, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { LiveProvider, useLiveState } from '../live/live-context.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { ConnectionBar } from './connection-bar.tsx';
import { KeysHelp } from './keys-help.tsx';
import { queryClient } from './queries.ts';
import { Rail } from './rail.tsx';
import { Search } from './search.tsx';
import classes from './shell.module.css';

/** What surrounds every page of the console: the rail, the search, the keys. */
export function Shell() {
  const { session } = useMatch({ from: '/app' }).context;
  return (
    <LiveProvider session={session}>
      <Frame />
    </LiveProvider>
  );
}

function Frame() {
  const [helpShown, setHelpShown] = useState(false);
  useKeys({ '?': () => setHelpShown(true) });
  useSignOutWhenRefused();
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <Rail onHelp={() => setHelpShown(true)} />
      <div className={classes.page}>
        <ConnectionBar />
        <main id="main" tabIndex={-1} className={classes.main}>
          <Outlet />
        </main>
      </div>
      <Search />
      <KeysHelp opened={helpShown} onClose={() => setHelpShown(false)} />
    </div>
  );
}

/** The session has ended elsewhere: back to the sign-in, and then here again. */
function useSignOutWhenRefused() {
  const refused = useLiveState((state) => state.connection === 'refused');
  const navigate = useNavigate();
  useEffect(() => {
    if (!refused) return;
    queryClient.clear();
    void navigate({ to: '/sign-in' });
  }, [refused, navigate]);
}
