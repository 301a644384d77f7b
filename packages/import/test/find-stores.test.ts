import { mkdirSync, writeFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { findStores } from '../src/index.ts'
import { placesOf } from '../src/places/places-of.ts'

const home = useTemporaryDirectory()

/** What is found below the home directory, as `layout path because`; what else this machine has does not count. */
async function find(
  environment: Record<string, string> = {},
  platform: NodeJS.Platform = 'linux',
): Promise<string[]> {
  const places = await findStores({ environment, platform, home: home.path })
  return places
    .filter(({ path }) => path.startsWith(home.path))
    .map(({ layout, path, because }) => `${layout} ${path.slice(home.path.length + 1)} ${because}`)
}

function make(...paths: string[]): void {
  for (const path of paths) mkdirSync(home.at(...path.split('/')), { recursive: true })
}

describe('findStores', () => {
  it('finds the default directories of the tools that exist', async () => {
    expect(await find()).toEqual([])
    make('.ollama/models', '.cache/huggingface/hub', '.cache/llama.cpp', '.lmstudio/models')
    expect(await find()).toEqual([
      'ollama .ollama/models default',
      'huggingface .cache/huggingface/hub default',
      'llama.cpp .cache/llama.cpp default',
      'lm-studio .lmstudio/models default',
    ])
  })

  it('goes by the variable of a tool instead of its default directory', async () => {
    make('.ollama/models', 'big/ollama', 'big/hub')
    const environment = { OLLAMA_MODELS: home.at('big', 'ollama'), HF_HUB_CACHE: home.at('big', 'hub') }
    expect(await find(environment)).toEqual([
      'ollama big/ollama OLLAMA_MODELS',
      'huggingface big/hub HF_HUB_CACHE',
    ])
  })

  it('takes an empty variable as not set', async () => {
    make('.ollama/models', '.cache/llama.cpp')
    expect(await find({ OLLAMA_MODELS: '', XDG_CACHE_HOME: '' })).toEqual([
      'ollama .ollama/models default',
      'llama.cpp .cache/llama.cpp default',
    ])
  })

  it('follows HF_HOME and XDG_CACHE_HOME to the hub cache', async () => {
    make('hf/hub', 'xdg/huggingface/hub')
    expect(await find({ HF_HOME: home.at('hf') })).toEqual(['huggingface hf/hub HF_HOME'])
    expect(await find({ XDG_CACHE_HOME: home.at('xdg') })).toEqual([
      'huggingface xdg/huggingface/hub XDG_CACHE_HOME',
    ])
  })

  it('names a directory once that two tools use, and none that is not absolute or not a directory', async () => {
    make('shared')
    writeFileSync(home.at('file'), '')
    expect(await find({ LLAMA_CACHE: home.at('shared'), HF_HUB_CACHE: home.at('shared') })).toEqual([
      'huggingface shared HF_HUB_CACHE',
    ])
    expect(await find({ OLLAMA_MODELS: 'relative', HF_HUB_CACHE: home.at('file') })).toEqual([])
  })

  it('finds where LM Studio was told to keep its models', async () => {
    make('.lmstudio/models', 'moved/models', 'big', 'bigger')
    writeFileSync(home.at('.lmstudio', 'settings.json'), JSON.stringify({ downloadsFolder: home.at('big') }))
    const settings = home.at('.lmstudio', 'settings.json')
    expect(await find()).toEqual(['lm-studio .lmstudio/models default', `plain big ${settings}`])
    writeFileSync(home.at('.lmstudio-home-pointer'), `${home.at('moved')}\n`)
    writeFileSync(home.at('moved', 'settings.json'), JSON.stringify({ downloadsFolder: home.at('bigger') }))
    expect(await find()).toEqual([
      'lm-studio .lmstudio/models default',
      `lm-studio moved ${home.at('.lmstudio-home-pointer')}`,
      `plain bigger ${home.at('moved', 'settings.json')}`,
      `plain big ${settings}`,
    ])
  })

  it.each(['', '{"downloadsFolder":', '[]', '{"downloadsFolder":5}', '{"downloadsFolder":"relative"}'])(
    'goes by the default if the settings of LM Studio are %j',
    async (text) => {
      make('.lmstudio/models')
      writeFileSync(home.at('.lmstudio', 'settings.json'), text)
      expect(await find()).toEqual(['lm-studio .lmstudio/models default'])
    },
  )

  it.each(['linux', 'darwin', 'win32'] as const)(
    'knows where the tools keep their models on %s',
    (platform) => {
      const join = (...segments: string[]): string => segments.join('/')
      const places = placesOf({ environment: {}, platform, home: '~', join })
      expect(places.map(({ layout, path }) => `${layout} ${path}`)).toMatchSnapshot()
    },
  )
})
