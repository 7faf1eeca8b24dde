/** Names the frames of a stack for the drawing library, and gives it their metadata. */
import { wadors } from '@cornerstonejs/dicom-image-loader';
import { frameUrl, type Metadata, type Root } from '../dicomweb/wado';
import type { Picture } from '../model/image';

const imageId = (root: Root, picture: Picture, frame: number): string => `wadors:${location.origin}${frameUrl(root, picture.facts, frame)}`;

/** The library finds a later frame's metadata through the first one's. */
export function nameFrames(root: Root, pictures: readonly Picture[], metadata: Metadata): readonly string[] {
  for (const picture of pictures) {
    const dataset = metadata.get(picture.facts.sop);
    if (picture.frame === 1 && dataset !== undefined) {
      wadors.metaDataManager.add(imageId(root, picture, 1), structuredClone(dataset) as never);
    }
  }
  return pictures.map((picture) => imageId(root, picture, picture.frame));
}
