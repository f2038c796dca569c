import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { ApiError } from '../api/http.ts';
import { isView, type View } from '../live/conversation-list.ts';
import { type AskedQuestion, isQualityTab, type QualityTab } from '../quality/quality-tabs.ts';
import { AppError, NotFound } from './app-error.tsx';
import { queryClient, sessionQuery } from './queries.ts';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ notFoundComponent: NotFound, errorComponent: AppError });

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  // Only a place inside the console is gone back to.
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === 'string' && /^\/(?!\/)/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('../sign-in/sign-in-page.tsx'), 'SignInPage'),
});

const inviteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('../sign-in/invite-page.tsx'), 'InvitePage'),
});

/** Everything behind the sign-in. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ location }) => {
    try {
      return { session: await queryClient.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { next: location.pathname } });
      }
      throw error;
    }
  },
  component: Shell,
  errorComponent: AppError,
});

const indexRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/{-$conversationId}', replace: true });
  },
});

const inboxRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/inbox/{-$conversationId}',
  validateSearch: (search: Record<string, unknown>): { view?: View | undefined } =>
    isView(search.view) && search.view !== 'queue' ? { view: search.view } : {},
  component: lazyRouteComponent(() => import('../inbox/inbox-page.tsx'), 'InboxPage'),
});

const knowledgeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge',
  component: lazyRouteComponent(() => import('../knowledge/knowledge-page.tsx'), 'KnowledgePage'),
});

const newDocumentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/new',
  component: lazyRouteComponent(() => import('../knowledge/article-page.tsx'), 'NewArticlePage'),
});

const indexHealthRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/index',
  component: lazyRouteComponent(() => import('../knowledge/index-page.tsx'), 'IndexPage'),
});

const documentRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/knowledge/$documentId',
  component: lazyRouteComponent(() => import('../knowledge/article-page.tsx'), 'ArticlePage'),
});

const qualityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/quality',
  validateSearch: (search: Record<string, unknown>): { tab?: QualityTab | undefined } =>
    isQualityTab(search.tab) && search.tab !== 'answer' ? { tab: search.tab } : {},
  component: lazyRouteComponent(() => import('../quality/quality-page.tsx'), 'QualityPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: '/settings/{-$section}',
  component: lazyRouteComponent(() => import('../settings/settings-page.tsx'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    inviteRoute,
    appRoute.addChildren([
      indexRoute,
      inboxRoute,
      knowledgeRoute,
      newDocumentRoute,
      indexHealthRoute,
      documentRoute,
      qualityRoute,
      settingsRoute,
    ]),
  ]),
  // A page that cannot be loaded leaves the rail, and what else is on screen, where it is.
  defaultErrorComponent: AppError,
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** A question that the search is opened with. */
    asked?: AskedQuestion;
  }
}
