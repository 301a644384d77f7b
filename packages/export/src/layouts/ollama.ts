import { createHash } from 'node:crypto'
import { createInvalidInput } from '@catalog/types'
import type { ModelEntry } from 'model-catalog'
import { ggufFilesOf } from './gguf-files.ts'
import { type LayoutPlan, type PlannedName, shortName, type VerifiedModel } from './layout-plan.ts'

/** The longest name that the tool takes, in characters. */
const MAX_NAME_LENGTH = 80

/**
 * A store for `OLLAMA_MODELS`: a manifest `registry.ollama.ai/library/<name>/latest`, its configuration, and the model as
 * a blob. The tool takes the template from the model's own header.
 * Source: https://github.com/ollama/ollama/blob/main/server/manifest.go
 */
export async function planOllama(model: VerifiedModel): Promise<LayoutPlan> {
  const { entry } = model
  const [file] = await ggufFilesOf(model)
  if (entry.files !== undefined) {
    const problem = `ollama takes a model of one file, and ${entry.id} is a multi-file model`
    throw createInvalidInput([{ field: 'layout', problem }])
  }
  const name = shortName(entry).slice(0, MAX_NAME_LENGTH)
  const text = JSON.stringify(toConfig(entry, file.digest))
  const config = { text, digest: createHash('sha256').update(text).digest('hex') }
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      digest: `sha256:${config.digest}`,
      size: Buffer.byteLength(text),
    },
    layers: [
      {
        mediaType: 'application/vnd.ollama.image.model',
        digest: `sha256:${file.digest}`,
        size: file.sizeBytes,
      },
    ],
  }
  const names: readonly PlannedName[] = [
    { path: `blobs/sha256-${file.digest}`, file },
    { path: `blobs/sha256-${config.digest}`, text },
    { path: `manifests/registry.ollama.ai/library/${name}/latest`, text: JSON.stringify(manifest) },
  ]
  return { model: `${name}:latest`, names }
}

function toConfig({ facts }: ModelEntry, digest: string): object {
  const { architecture, quantisation } = facts ?? {}
  return {
    model_format: 'gguf',
    ...(architecture !== undefined && { model_family: architecture, model_families: [architecture] }),
    ...(quantisation !== undefined && { file_type: quantisation }),
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  }
}
