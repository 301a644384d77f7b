import type { WatchOptions } from '@catalog/types'
import {
  defineOptionalOptions,
  type OptionsParser,
  optionsSchema,
  positionSchema,
  signalSchema,
} from '@catalog/types/schema'

export const parseWatchOptions: OptionsParser<WatchOptions> = defineOptionalOptions<WatchOptions>(
  optionsSchema({ since: positionSchema.optional(), signal: signalSchema.optional() }),
)
