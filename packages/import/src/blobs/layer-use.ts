import { posix } from 'node:path'
import type { CompanionRole } from '../candidate/candidate.ts'
import { type Descriptor, FILE_PATH, FILE_TITLE } from './registry-manifest.ts'

/** What a layer of a model is for. `archive`: weights inside a tar file, which nothing can open in place. */
export type LayerUse = 'weights' | 'archive' | 'ignored' | CompanionRole

const DOCKER = 'application/vnd.docker.ai.'
const DOCKER_USES: Readonly<Record<string, LayerUse>> = {
  'chat.template.jinja': 'template',
  dduf: 'weights',
  'dir.tar': 'archive',
  'gguf.v3': 'weights',
  license: 'license',
  mmproj: 'projector',
  'model.file': 'configuration',
  safetensors: 'weights',
  'vllm.config.tar': 'configuration',
}
/** Source: https://github.com/modelpack/model-spec/blob/main/docs/spec.md */
const MODEL_PACK =
  /^application\/vnd\.cncf\.model\.(weight|weight\.config|doc|code|dataset)\.v1\.(raw|tar.*)$/u
const MODEL_PACK_USES: Readonly<Record<string, LayerUse>> = {
  weight: 'weights',
  'weight.config': 'configuration',
}
const KIT = /^application\/vnd\.kitops\.modelkit\.(\w+)\.v1\.(raw|tar.*)$/u
const KIT_USES: Readonly<Record<string, LayerUse>> = { model: 'weights', modelpart: 'weights' }
/** What other programs push as single files: such a layer has a title. */
const WEIGHTS_NAME = /\.(?:gguf|onnx|pt|pth|safetensors)$/iu

export function useOf(layer: Descriptor): LayerUse {
  const { mediaType } = layer
  if (mediaType.startsWith(DOCKER)) return dockerUseOf(layer)
  const [, type, form] = MODEL_PACK.exec(mediaType) ?? []
  if (type !== undefined) return inForm(MODEL_PACK_USES[type] ?? docUseOf(layer), form)
  const [, kitType, kitForm] = KIT.exec(mediaType) ?? []
  if (kitType !== undefined) return inForm(KIT_USES[kitType] ?? docUseOf(layer), kitForm)
  const isArchive = /tar|zip/u.test(mediaType)
  return !isArchive && WEIGHTS_NAME.test(fileNameOf(layer) ?? '') ? 'weights' : 'ignored'
}

/** The path that a layer has in the model; undefined if none is stated. */
export function fileNameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[FILE_PATH] ?? annotations?.[FILE_TITLE]
}

function dockerUseOf(layer: Descriptor): LayerUse {
  const use = DOCKER_USES[layer.mediaType.slice(DOCKER.length)] ?? 'other'
  const isWeights = use === 'configuration' && WEIGHTS_NAME.test(fileNameOf(layer) ?? '')
  return isWeights ? 'weights' : use
}

function docUseOf(layer: Descriptor): LayerUse {
  return /^licen[cs]e/iu.test(posix.basename(fileNameOf(layer) ?? '')) ? 'license' : 'other'
}

function inForm(use: LayerUse, form: string | undefined): LayerUse {
  if (form === 'raw') return use
  return use === 'weights' ? 'archive' : 'ignored'
}
