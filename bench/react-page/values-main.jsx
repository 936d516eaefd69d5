import { show } from './show.jsx'
import { Values } from './values.jsx'

show(Values)
