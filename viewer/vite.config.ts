/** How the two pages are built: `index.html` for staff, `share.html` for a share's recipient. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: '/',
  resolve: {
    alias: [
      // Mesh readers and the WebGPU path are never used here; without them the engine is a tenth smaller.
      { find: /^@kitware\/vtk\.js\/(IO\/.*|Rendering\/WebGPU.*)$/, replacement: here('./src/render/absent.ts') },
      // Node's names, asked for by the XML reader inside the engine; without them the build is green and the page dead.
      { find: /^events$/, replacement: 'events/' },
      // Asked for only where the decoders run outside a browser.
      { find: /^(fs|path)$/, replacement: here('./src/render/absent.ts') },
      { find: /^url$/, replacement: 'url/' },
    ],
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      input: { index: here('./index.html'), share: here('./share.html') },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
