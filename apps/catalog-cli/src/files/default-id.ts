/** Room `files`: paths and files that the user names. */

import { parse } from 'node:path'

const MODEL_EXTENSIONS = new Set([
  '.bin',
  '.ckpt',
  '.ggml',
  '.gguf',
  '.h5',
  '.mlmodel',
  '.npz',
  '.onnx',
  '.pt',
  '.pth',
  '.safetensors',
  '.tflite',
])
const MAX_ID_LENGTH = 200

/**
 * The id that a file gets unless the user gives one: its name without a model extension, accents taken off,
 * every run of other characters than letters, digits, `.`, `_` and `-` made a `-`, and none of these at its
 * ends. Undefined where nothing is left.
 */
export function defaultIdOf(path: string): string | undefined {
  const { base, name, ext } = parse(path)
  const stem = MODEL_EXTENSIONS.has(ext.toLowerCase()) ? name : base
  const id = stem
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[._-]+/u, '')
    .slice(0, MAX_ID_LENGTH)
    .replace(/[._-]+$/u, '')
  return id === '' ? undefined : id
}
