import { describeKills } from './describe-every-call.ts'

// Coprime to 3 and 9, the numbers of kills of a call: the sample covers all survivors. The deep test tries all.
describeKills({ oneIn: 23 })
