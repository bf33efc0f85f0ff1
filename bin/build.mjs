/** `npm run build`: dist/ from the present sources; does nothing when it is up to date. */
import { orExplain, setUp } from './setup.mjs'

await orExplain(() => setUp())
