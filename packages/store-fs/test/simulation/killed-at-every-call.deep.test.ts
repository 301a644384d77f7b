import { describeKills } from './describe-every-call.ts'

describeKills({ oneIn: 1 })
