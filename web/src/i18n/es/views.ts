import type { enViews } from '../en/views.ts'
import type { Dictionary } from '../translate.ts'

export const esViews: Pick<Dictionary, keyof typeof enViews> = {
  'views.title': 'Vistas guardadas',
  'views.none': 'Aún no hay vistas guardadas.',
  'views.mine': 'mía',
  'views.shared': 'compartida por mí',
  'views.name': 'Guardar esta vista como',
  'views.nameHint': 'Una vista con el mismo nombre se reemplaza.',
  'views.share': 'Todos la ven',
  'views.link': 'La dirección de esta página muestra lo mismo a un colega.',
  'views.remove': 'Quitar',
}
