/** Entrar, y la propia cuenta. */
export const esAccount = {
  'account.language': 'Idioma',
  'account.timeZone': 'Zona horaria',
  'account.login': 'Nombre de usuario',
  'account.displayName': 'Su nombre',
  'account.password': 'Contraseña',
  'account.newPassword': 'Contraseña nueva',
  'account.passwordRule': 'Al menos {count} caracteres. Unas pocas palabras son mejores que una palabra rara.',

  'login.title': 'Iniciar sesión',
  'login.submit': 'Entrar',
  'login.forgotten': '¿La olvidó? Un administrador puede darle un enlace nuevo.',
  'login.setupNeeded': 'Aún no hay administrador. Abra el enlace de puesta en marcha que mostró el servidor al arrancar.',

  'setup.title': 'Poner en marcha SyncTide',
  'setup.hint': 'Dos preguntas sobre la planta y después su acceso. Todo se puede cambiar más tarde.',
  'setup.site': 'La planta',
  'setup.siteName': 'Nombre de la planta',
  'setup.administrator': 'Usted, el administrador',
  'setup.submit': 'Empezar',
  'setup.done': 'Esta instalación ya está en marcha.',
  'setup.noToken': 'Esta página necesita el enlace de un solo uso que mostró el servidor al arrancar.',

  'passwordLink.title': 'Elija su contraseña',
  'passwordLink.submit': 'Guardar y entrar',
  'passwordLink.noToken': 'Esta página necesita el enlace de un solo uso que le dio un administrador.',

  'ack.title': 'Alarma',
  'ack.as': 'Reconoce como {name}.',
  'ack.done': 'Reconocida.',
  'ack.by': 'Reconocida por {who}, {at}.',
  'ack.expired': 'Este enlace ha caducado. Inicie sesión para ver la alarma.',

  'me.title': 'Mi perfil',
  'me.profile': 'Perfil',
  'me.saved': 'Guardado.',
  'me.siteLanguage': 'Como la planta ({language})',
  'me.siteZone': 'Como la planta ({zone})',
  'me.currentPassword': 'Contraseña actual',
  'me.changePassword': 'Cambiar contraseña',
  'me.passwordChanged': 'Contraseña cambiada. Todas las demás sesiones han terminado.',
  'me.otherSessions': 'Al cambiarla terminan sus sesiones en todos los demás dispositivos.',

  'notFound.title': 'Esta página no existe',
  'notFound.hint': 'Puede que se haya eliminado, o que no esté entre sus equipos.',
  'notFound.home': 'Ir al inicio',
}
