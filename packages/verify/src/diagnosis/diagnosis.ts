import type { Sha256Digest } from '@catalog/types'
import type { ContentFormat } from '../format/content-format.ts'

/** A page that a server sent instead of a file. */
export type PageKind = 'html-page' | 'json-page' | 'xml-page' | 'text-page'
/** The compression of a packed model. */
export type Compression = 'gzip' | 'zip' | 'zstd' | 'xz' | 'bzip2'
/** The model formats that are inspected. */
export type ModelFormat = 'gguf' | 'safetensors' | 'onnx' | 'zip'

/** One reason why a file is not the expected one, with what shows it. */
export type Diagnosis =
  | { readonly kind: 'empty' }
  /** The name is that of a download that has not come to its end. */
  | { readonly kind: 'partial-name' }
  | {
      readonly kind: 'git-lfs-pointer'
      /** Digest and size of the file that the pointer stands for. */
      readonly oid: Sha256Digest
      readonly pointedBytes: number
      /** Whether that is the expected digest; absent where none was given. */
      readonly isExpected?: boolean
    }
  /** At most 200 characters of what the page says, without what may be a credential. */
  | { readonly kind: PageKind; readonly says: string }
  | { readonly kind: 'other-entry'; readonly digest: Sha256Digest; readonly id: string }
  | { readonly kind: 'compressed'; readonly compression: Compression }
  /** The file says of itself that it has at least so many bytes. */
  | {
      readonly kind: 'truncated-format'
      readonly format: ModelFormat
      readonly neededBytes: number
      readonly foundBytes: number
      /** How many tensors a whole header lists, of which the last end beyond the file; absent if the header is cut too. */
      readonly tensorCount?: number
    }
  | {
      readonly kind: 'shorter'
      readonly expectedBytes: number
      readonly foundBytes: number
      readonly missingBytes: number
      /** The power of two, 4 KiB or more, at a multiple of which the file ends though the expected one does not. */
      readonly blockBytes?: number
    }
  | {
      readonly kind: 'longer'
      readonly expectedBytes: number
      readonly foundBytes: number
      readonly excessBytes: number
    }
  /** The first bytes are of another format than the extension says. */
  | { readonly kind: 'other-format'; readonly extension: string; readonly found: ContentFormat }
  | { readonly kind: 'wrong-format'; readonly format: ModelFormat; readonly problem: string }
  /** A run of 4 KiB of zeros or more: the one at the end, else the longest. Not exact: it may reach further. */
  | {
      readonly kind: 'zeros'
      readonly offset: number
      readonly lengthBytes: number
      readonly isAtEnd: boolean
      readonly isExact: boolean
    }
  /** The same wrong bytes as last time: the expected digest is suspect. */
  | { readonly kind: 'same-wrong-digest'; readonly digest: Sha256Digest; readonly expected: Sha256Digest }

/** The most telling first. */
const ORDER: readonly Diagnosis['kind'][] = [
  'empty',
  'partial-name',
  'git-lfs-pointer',
  'html-page',
  'json-page',
  'xml-page',
  'text-page',
  'other-entry',
  'compressed',
  'truncated-format',
  'shorter',
  'longer',
  'other-format',
  'wrong-format',
  'zeros',
  'same-wrong-digest',
]

/** The diagnoses, the most telling first. */
export function sortDiagnoses(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return [...diagnoses].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}
