import assert from 'node:assert/strict'
import { isCatalogError, LifecycleState, type RegistrationInput } from 'model-catalog'
import { bytesOf, wrongBytesOf } from './model-bytes.ts'
import { type CatalogWorld, digestOf } from './world.ts'

/** Registers a model and takes it to a state in the way that an operator would. */
export async function bringModel(
  world: CatalogWorld,
  { id, ...input }: Partial<RegistrationInput> & { readonly id: string },
  state: LifecycleState,
): Promise<void> {
  await world.register({ digest: digestOf(bytesOf(id)), ...input, id })
  if (state === LifecycleState.Pending) return
  if (state === LifecycleState.Failed) return failModel(world, id)
  await world.download(id, bytesOf(id))
  await world.catalog.verify(id)
  await world.catalog.setState(id, state)
}

async function failModel(world: CatalogWorld, id: string): Promise<void> {
  await world.download(id, wrongBytesOf(id))
  await assert.rejects(world.catalog.verify(id), (error) => isCatalogError(error, 'DIGEST_MISMATCH'))
}
