/** Takes files and folders dropped anywhere on the page, or picked. */
import type { ComponentChildren, JSX, TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import type { Incoming } from '../../state/uploads';
import { Icon } from '../parts/icons';

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** A directory reader gives at most a hundred entries at a time. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesBelow(entries: readonly FileSystemEntry[]): Promise<readonly Incoming[]> {
  const found: Incoming[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    if (entry.isDirectory) waiting.push(...(await entriesOf(entry as FileSystemDirectoryEntry)));
    else found.push({ name: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) });
  }
  return found;
}

const named = (files: FileList | null): readonly Incoming[] => [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));

interface Pick {
  readonly files: () => void;
  readonly folder: () => void;
}

export function DropZone({ enabled, take, children }: {
  enabled: boolean; take: (files: readonly Incoming[]) => void; children: (pick: Pick) => ComponentChildren;
}): JSX.Element {
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const taking = useRef(take);
  taking.current = take;
  useEffect(() => {
    if (!enabled) return undefined;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const dragged = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const left = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
      const plain = named(event.dataTransfer?.files ?? null);
      void (entries.length > 0 ? filesBelow(entries) : Promise.resolve(plain)).then((found) => taking.current(found));
    };
    addEventListener('dragover', dragged);
    addEventListener('dragleave', left);
    addEventListener('drop', dropped);
    return () => {
      removeEventListener('dragover', dragged);
      removeEventListener('dragleave', left);
      removeEventListener('drop', dropped);
    };
  }, [enabled]);
  const picked = (event: TargetedEvent<HTMLInputElement>): void => {
    take(named(event.currentTarget.files));
    event.currentTarget.value = '';
  };
  return (
    <>
      <input ref={files} class="offscreen" type="file" multiple tabIndex={-1} aria-hidden="true" onChange={picked} />
      <input ref={folder} class="offscreen" type="file" multiple tabIndex={-1} aria-hidden="true" {...{ webkitdirectory: true }} onChange={picked} />
      {children({ files: () => files.current?.click(), folder: () => folder.current?.click() })}
      {over && <div class="drop-veil"><p><Icon name="upload" />{t('upload.drop')}</p></div>}
    </>
  );
}
