import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type DiagnoseOptions, describeDiagnosis, diagnoseFile } from '../src/index.ts'
import { createWorkspace } from './workspace.ts'

export const MIB: number = 1024 * 1024
export const A: string = 'a'.repeat(64)
export const B: string = 'b'.repeat(64)
export const GGUF: Buffer = Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(100, 7)])
export const LFS_PAGE: string = `version https://git-lfs.github.com/spec/v1\noid sha256:${A}\nsize 4831838208\n`

/** A file of this content, in a directory of its own. */
export function write(content: string | Uint8Array, name = 'model.gguf'): string {
  const path = join(createWorkspace(), name)
  writeFileSync(path, content)
  return path
}

/** A safetensors file of this header. */
export function toSafetensors(header: unknown, dataBytes: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, Buffer.alloc(dataBytes, 7)])
}

/** What is found, each describable in a sentence. */
export async function kindsOf(path: string, options?: DiagnoseOptions): Promise<readonly string[]> {
  const diagnoses = await diagnoseFile(path, options)
  for (const diagnosis of diagnoses) expect(describeDiagnosis(diagnosis)).toMatch(/^\S/u)
  return diagnoses.map(({ kind }) => kind)
}
