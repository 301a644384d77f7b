// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  ModelFiles,
  Volumes,
} from '@catalog/types';

declare function findAnchorProblem(directory: string): Promise<string | undefined>;

type SymlinkPolicy = 'refuse' | 'inside' | 'anywhere';

interface ModelDirectoryOptions {
    readonly searchRoots?: readonly string[] | undefined;
    readonly symlinks?: SymlinkPolicy | undefined;
    readonly readOnly?: boolean | undefined;
}

declare function createModelDirectory(root: string, given?: ModelDirectoryOptions): ModelFiles;

interface VolumesOptions {
    readonly anchors?: readonly string[] | undefined;
    readonly readOnly?: boolean | undefined;
}
declare function createVolumes(root: string, given?: VolumesOptions): Volumes;

export {
  createModelDirectory,
  createVolumes,
  findAnchorProblem,
};
export type {
  ModelDirectoryOptions,
  SymlinkPolicy,
  VolumesOptions,
};
