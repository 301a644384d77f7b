// What this package exports. `pnpm api` writes this file, `pnpm check:api` compares it.

import {
  Sha256Digest,
} from '@catalog/types';
export {
  CatalogError,
  Sha256Digest,
  isCatalogError,
} from '@catalog/types';

interface Sha256 {
    update(bytes: Uint8Array): void;
    digest(): Sha256Digest;
}
interface ResumableSha256 extends Sha256 {
    save(): Uint8Array;
    load(state: Uint8Array): void;
}

type Content = Blob | Response | ReadableStream<Uint8Array>;
interface ContentProgress {
    readonly doneBytes: number;
    readonly totalBytes: number | undefined;
}
interface ContentOptions {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((progress: ContentProgress) => void) | undefined;
}
interface ContentDigest {
    readonly digest: Sha256Digest;
    readonly sizeBytes: number;
}
type DigestContent = (content: Content, options?: ContentOptions) => Promise<ContentDigest>;
type VerifyContent = (content: Content, expected: string, options?: ContentOptions) => Promise<ContentDigest>;

declare const digestContent: DigestContent;
declare const verifyContent: VerifyContent;

declare function createSha256(): Promise<ResumableSha256>;

interface ManifestLine {
    readonly path: string;
    readonly digest: Sha256Digest;
}

declare function findListedDigest(files: readonly ManifestLine[], path: string): Sha256Digest | undefined;

interface ParseManifestOptions {
    readonly anyPath?: boolean | undefined;
}
declare function parseManifest(list: string | Uint8Array, options?: ParseManifestOptions): readonly ManifestLine[];

export {
  createSha256,
  digestContent,
  findListedDigest,
  parseManifest,
  verifyContent,
};
export type {
  Content,
  ContentDigest,
  ContentOptions,
  ContentProgress,
  DigestContent,
  ManifestLine,
  ParseManifestOptions,
  ResumableSha256,
  Sha256,
  VerifyContent,
};
