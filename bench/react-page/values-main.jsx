import { show, variant } from './show.jsx'
import { Values } from './values.jsx'
import { ValuesDrawn } from './values-drawn.jsx'

show(variant === 'drawn' ? ValuesDrawn : Values)
