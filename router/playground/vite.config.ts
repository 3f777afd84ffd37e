import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

// oxlint-disable-next-line import/no-default-export -- vite loads a default export
export default defineConfig({
  root: here,
  base: '/playground/',
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('../../dist/playground', import.meta.url)),
    emptyOutDir: true,
    // Monaco is large, and needed whole.
    chunkSizeWarningLimit: 8_000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // "use client" in React libraries means nothing outside of a server that renders React; a hundred such warnings would hide a real one.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  worker: { format: 'es' },
});
