import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * The server fills `{{nonce}}` in index.html for every request: scripts and styles that the page makes carry it, and
 * the policy needs no 'unsafe-inline'.
 */
export default defineConfig({
  root,
  base: '/console/',
  plugins: [react()],
  html: { cspNonce: '{{nonce}}' },
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    // Data addresses would need exceptions in the policy.
    assetsInlineLimit: 0,
    // The editor is the largest piece and loads only where articles are written.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000', '/socket.io': { target: 'http://127.0.0.1:3000', ws: true } } },
});
