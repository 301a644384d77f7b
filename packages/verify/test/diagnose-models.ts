import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type DiagnoseOptions, describeDiagnosis, diagnoseFile } from '../src/index.ts'
import { createWorkspace } from './workspace.ts'

export const MIB: number = 1024 * 1024
export const A: string = 'a'.repeat(64)
export const B: string = 'b'.repeat(64)
/** Version 3, no tensors and no metadata, and bytes that nothing refers to. */
export const GGUF: Buffer = Buffer.concat([
  Buffer.from('GGUF\x03\0\0\0'),
  Buffer.alloc(16),
  Buffer.alloc(80, 7),
])
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

/** The smallest archive of one empty file. */
export function zipOf(name: string): Buffer {
  const file = Buffer.from(name)
  const local = Buffer.alloc(30)
  local.write('PK\x03\x04', 'latin1')
  local.writeUInt16LE(file.length, 26)
  const central = Buffer.alloc(46)
  central.write('PK\x01\x02', 'latin1')
  central.writeUInt16LE(file.length, 28)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length + file.length, 12)
  end.writeUInt32LE(local.length + file.length, 16)
  return Buffer.concat([local, file, central, file, end])
}
