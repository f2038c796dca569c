import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { cspNonce } from './app/csp-nonce.ts';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import './app/theme.css';
import { queryClient } from './app/queries.ts';
import { router } from './app/router.tsx';
import { theme } from './app/theme.ts';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');

createRoot(container).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => cspNonce}>
    <QueryClientProvider client={queryClient}>
      <ModalsProvider>
        <Notifications position="bottom-left" autoClose={6_000} limit={3} />
        <RouterProvider router={router} />
      </ModalsProvider>
    </QueryClientProvider>
  </MantineProvider>,
);
