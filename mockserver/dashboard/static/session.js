// What this tab remembers: the namespace, the token, the theme.

const listeners = new Set();

export const session = {
  get namespace() {
    return sessionStorage.getItem("mock-namespace") || "default";
  },
  set namespace(name) {
    sessionStorage.setItem("mock-namespace", name);
    for (const notify of listeners) notify(name);
  },
  get token() {
    return sessionStorage.getItem("mock-token");
  },
  set token(text) {
    sessionStorage.setItem("mock-token", text);
  },
  get theme() {
    return localStorage.getItem("mock-theme") || "auto";
  },
  set theme(name) {
    localStorage.setItem("mock-theme", name);
    showTheme();
  },
};

/** Be told when another namespace is chosen. Returns a function that ends this. */
export function onNamespace(notify) {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

/** Use the chosen theme; `auto` follows the system. */
export function showTheme() {
  document.documentElement.dataset.theme = session.theme;
}
