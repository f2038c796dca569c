import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = here('../dist/widget');
const target = 'es2022';

/** Builds both parts into dist/widget: the frame (frame.html, assets/*), then the loader (v1.js, one classic script). */
export default defineConfig({
  root: here('./frame'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  build: { target, outDir },
  environments: {
    client: {
      build: {
        emptyOutDir: true,
        modulePreload: false,
        rollupOptions: { input: here('./frame/frame.html') },
      },
    },
    loader: {
      consumer: 'client',
      build: {
        emptyOutDir: false,
        rollupOptions: {
          input: here('./loader/main.ts'),
          output: { format: 'iife', entryFileNames: 'v1.js', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'loader']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
});
