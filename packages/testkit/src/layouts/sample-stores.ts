import { buildCortex } from './cortex.ts'
import { buildDockerModelRunner, DOCKER_DAMAGES } from './docker-model-runner.ts'
import { buildGpt4all, GPT4ALL_DAMAGES } from './gpt4all.ts'
import { buildHub } from './huggingface.ts'
import { buildLocalDirectory } from './huggingface-local.ts'
import { A1111_DAMAGES, buildA1111, buildComfyui, COMFYUI_DAMAGES } from './image-roots.ts'
import { buildInvokeai } from './invokeai.ts'
import { buildJan, JAN_DAMAGES } from './jan.ts'
import { buildKitops, KITOPS_DAMAGES } from './kitops.ts'
import { buildLlamaCache } from './llama-cpp.ts'
import { buildLmStudio } from './lm-studio.ts'
import { buildModelScope } from './modelscope.ts'
import { buildOci, buildOciRegistry, OCI_DAMAGES, REGISTRY_DAMAGES } from './oci.ts'
import { buildOllama, OLLAMA_DAMAGES } from './ollama.ts'
import { buildPlain } from './plain.ts'
import { buildRamalama, RAMALAMA_DAMAGES } from './ramalama.ts'
import { buildSigned } from './signed.ts'
import { buildStore, type StoreBuilder, type Damages as StoreDamages } from './store-builder.ts'

type Build = (root: string) => void
/** Builds, by the names of what is wrong. */
type Damages = Readonly<Record<string, Build>>

/** A store of each layout, as its tool leaves it. */
export const SAMPLE_STORES: Readonly<Record<string, Build>> = {
  ollama: of(buildOllama),
  'hub cache': (root) => buildHub(root),
  'hub cache without links': (root) => buildHub(root, undefined, { withoutLinks: true }),
  'local directory': (root) => buildLocalDirectory(root),
  'llama.cpp': (root) => buildLlamaCache(root),
  'LM Studio': (root) => buildLmStudio(root),
  'Docker Model Runner': of(buildDockerModelRunner),
  'OCI layout': of(buildOci),
  registry: of(buildOciRegistry),
  KitOps: of(buildKitops),
  ramalama: of(buildRamalama),
  Jan: of(buildJan),
  Cortex: (root) => buildCortex(root),
  ComfyUI: of(buildComfyui),
  A1111: of(buildA1111),
  InvokeAI: (root) => buildInvokeai(root),
  ModelScope: (root) => buildModelScope(root),
  GPT4All: of(buildGpt4all),
  plain: (root) => buildPlain(root),
  'signed models': (root) => buildSigned(root),
}

/** Stores in which one thing is wrong, by the layout. Everything of the whole store is in them too. */
export const DAMAGED_STORES: Readonly<Record<string, Damages>> = {
  ollama: from(OLLAMA_DAMAGES),
  'hub cache': by(buildHub, [
    ...(['absolute-link', 'broken-tree', 'dangling-config', 'dangling-readme', 'dangling-weights'] as const),
    ...(['download-in-progress', 'empty-ref', 'incomplete', 'link-loop', 'link-out', 'masked-name'] as const),
    ...(['missing-indexed-shard', 'missing-shard', 'other-digest-in-tree'] as const),
    ...(['ref-without-snapshot', 'shared-store', 'wrong-size'] as const),
  ]),
  'local directory': by(buildLocalDirectory, [
    ...(['broken-record', 'changed', 'incomplete', 'masked-etag', 'no-record', 'older-client'] as const),
  ]),
  'llama.cpp': by(buildLlamaCache, [
    ...(['broken-manifest', 'incomplete', 'missing-file', 'missing-shard'] as const),
    ...(['other-etag', 'weak-etag', 'wrong-size'] as const),
  ]),
  'LM Studio': by(buildLmStudio, [
    ...(['broken-settings', 'dangling-link', 'link-out', 'other-folder', 'partial'] as const),
  ]),
  'Docker Model Runner': from(DOCKER_DAMAGES),
  'OCI layout': from(OCI_DAMAGES),
  registry: from(REGISTRY_DAMAGES),
  KitOps: from(KITOPS_DAMAGES),
  ramalama: from(RAMALAMA_DAMAGES),
  Jan: from(JAN_DAMAGES),
  Cortex: by(buildCortex, [
    ...([
      'alias',
      'cut',
      'imported-elsewhere',
      'missing-file',
      'missing-shard',
      'path-out',
      'unlisted',
    ] as const),
  ]),
  InvokeAI: by(buildInvokeai, ['dangling-link', 'download', 'missing-shard', 'older']),
  ComfyUI: from(COMFYUI_DAMAGES),
  A1111: from(A1111_DAMAGES),
  GPT4All: from(GPT4ALL_DAMAGES),
  ModelScope: by(buildModelScope, ['downloads', 'missing-shard']),
  plain: by(buildPlain, [
    ...(['aria2', 'broken-list', 'dangling-link', 'lfs-pointer', 'link-loop', 'link-out'] as const),
    ...(['md5-list', 'missing-indexed-file', 'missing-shard', 'partial', 'partial-of-directory'] as const),
  ]),
  'signed models': by(buildSigned, [
    ...(['cut', 'edited', 'extra-file', 'many-shards', 'missing-file', 'of-another-program'] as const),
    ...(['other-algorithm', 'path-out', 'shards'] as const),
  ]),
}

/** Builds a store of a layout at a root, whole or with one thing that is wrong. */
export function buildSampleStore(root: string, layout: string, damage?: string): void {
  const build = damage === undefined ? SAMPLE_STORES[layout] : DAMAGED_STORES[layout]?.[damage]
  if (build === undefined)
    throw new RangeError(`no sample store of ${layout} with ${damage ?? 'nothing'} wrong`)
  build(root)
}

function of(build: (store: StoreBuilder) => void): Build {
  return (root) => build(buildStore(root))
}

function from(damages: StoreDamages): Damages {
  return Object.fromEntries(Object.entries(damages).map(([name, build]) => [name, of(build)]))
}

function by<D extends string>(build: (root: string, damage: D) => unknown, names: readonly D[]): Damages {
  return Object.fromEntries(names.map((name): [string, Build] => [name, (root) => void build(root, name)]))
}
