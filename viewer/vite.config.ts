/** How the two pages are built: `index.html` for staff, `share.html` for a share's recipient. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import de from './src/i18n/de/share.json';
import en from './src/i18n/en/share.json';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The icon stands in the page itself: asked for, it would compete with what the first picture waits for. */
const icon = {
  name: 'icon',
  transformIndexHtml: {
    order: 'pre' as const,
    handler: (html: string): string => html.replace('/src/ui/styles/mark.svg', `data:image/svg+xml,${readFileSync(here('./src/ui/styles/mark.svg'), 'utf8').trim().replaceAll('"', "'").replaceAll('#', '%23')}`),
  },
};

/** What the pages say where no script runs: `{{de noScript.share}}` in them becomes the words of that key. */
const words = {
  name: 'words',
  transformIndexHtml: (html: string): string => html.replaceAll(/\{\{(en|de) ([\w.]+)\}\}/g, (_, language: 'en' | 'de', key: string) => {
    const said = ({ en, de } as Readonly<Record<string, Readonly<Record<string, string>>>>)[language]?.[key];
    if (said === undefined) throw new Error(`There is no word ${key} in ${language}`);
    return said;
  }),
};

export default defineConfig({
  base: '/',
  plugins: [icon, words],
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
  test: { include: ['src/**/*.test.ts'], environment: 'node', setupFiles: ['src/i18n/taught.ts'] },
});
