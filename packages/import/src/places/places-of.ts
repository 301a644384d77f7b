import type { LayoutName } from '../candidate/layout-name.ts'
import type { StorePlace } from './store-place.ts'

/** What the places follow from. */
export interface Machine {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly join: (...segments: string[]) => string
}

/**
 * Where the tools keep their models, whether the directories exist or not. Of several variables that a tool
 * knows the first that is set counts, as it does for the tool.
 *
 * Sources: `envconfig` of Ollama, `constants.py` of huggingface_hub, `common.cpp` and `hf-cache.cpp` of llama.cpp,
 * the documentation of LM Studio, Docker Model Runner, ramalama, Jan, Cortex, GPT4All, InvokeAI, KitOps, modctl and ModelScope (2025–2026).
 */
export function placesOf(machine: Machine): readonly StorePlace[] {
  const { environment, platform, home, join } = machine
  // An empty variable counts as not set, for the tools as for the XDG specification.
  const baseOf = (name: string, ...segments: string[]): string => environment[name] || join(home, ...segments)
  const cache = baseOf('XDG_CACHE_HOME', '.cache')
  const share = baseOf('XDG_DATA_HOME', '.local', 'share')
  const local = baseOf('LOCALAPPDATA', 'AppData', 'Local')
  const roaming = baseOf('APPDATA', 'AppData', 'Roaming')
  const library = join(home, 'Library')
  const byPlatform = (linux: string, mac: string, windows: string): string =>
    platform === 'darwin' ? mac : platform === 'win32' ? windows : linux
  const cacheOf = (name: string): string =>
    byPlatform(join(cache, name), join(library, 'Caches', name), join(local, name))
  const hub = environment['HF_HOME'] || join(cache, 'huggingface')
  return [
    ...firstSet(machine, 'ollama', ['OLLAMA_MODELS'], join(home, '.ollama', 'models')),
    // The service of Linux runs as a user of its own.
    ...(platform === 'linux' ? [toPlace('ollama', '/usr/share/ollama/.ollama/models')] : []),
    ...firstSet(
      machine,
      'huggingface',
      ['HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE'],
      join(hub, 'hub'),
      ['HF_HOME', 'XDG_CACHE_HOME'].find((name) => environment[name]),
    ),
    ...firstSet(machine, 'llama.cpp', ['LLAMA_CACHE'], cacheOf('llama.cpp')),
    toPlace('lm-studio', join(home, '.lmstudio', 'models')),
    toPlace('lm-studio', join(home, '.cache', 'lm-studio', 'models')),
    ...firstSet(machine, 'docker-model-runner', ['MODELS_PATH'], join(home, '.docker', 'models')),
    toPlace('ramalama', join(share, 'ramalama')),
    ...(platform === 'linux' ? [toPlace('ramalama', '/var/lib/ramalama')] : []),
    ...firstSet(
      machine,
      'kitops',
      ['KITOPS_HOME'],
      byPlatform(join(share, 'kitops'), join(library, 'Caches', 'kitops'), join(local, 'kitops')),
    ),
    toPlace('oci', join(home, '.modctl')),
    toPlace(
      'jan',
      byPlatform(
        join(home, '.config', 'Jan', 'data'),
        join(library, 'Application Support', 'Jan', 'data'),
        join(roaming, 'Jan', 'data'),
      ),
    ),
    toPlace('cortex', join(home, 'cortexcpp')),
    toPlace(
      'plain',
      byPlatform(
        join(share, 'nomic.ai', 'GPT4All'),
        join(library, 'Application Support', 'nomic.ai', 'GPT4All'),
        join(local, 'nomic.ai', 'GPT4All'),
      ),
    ),
    toPlace('plain', join(home, '.cache', 'gpt4all')),
    ...firstSet(machine, 'invokeai', ['INVOKEAI_ROOT'], join(home, 'invokeai')),
    ...firstSet(machine, 'modelscope', ['MODELSCOPE_CACHE'], join(home, '.cache', 'modelscope')),
  ]
}

/** By the first of the variables that is set; else the default directory, and what it follows from. */
function firstSet(
  { environment }: Machine,
  layout: LayoutName,
  names: readonly string[],
  path: string,
  because = 'default',
): StorePlace[] {
  for (const name of names) {
    const value = environment[name]
    if (value !== undefined && value !== '') return [{ layout, path: value, because: name }]
  }
  return [{ layout, path, because }]
}

function toPlace(layout: LayoutName, path: string): StorePlace {
  return { layout, path, because: 'default' }
}
