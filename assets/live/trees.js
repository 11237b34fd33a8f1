/* Trees: a plain tree [tag, attributes, children] -> elements, for lists that are long.

   In:  the stores *-tree, made by views/tree.py.py
   Out: what stands in the element that the store names. Text is text; an attribute that could run
        something is never set. Focus and opened parts stay where they were. */
(function () {
  "use strict";

  const TAGS = /^(a|b|button|caption|code|details|div|i|li|nav|ol|p|section|span|summary|table|tbody|td|th|thead|time|tr)$/;
  const ATTRIBUTES = /^(class|tabindex|datetime|title|role|scope|download|type|disabled|data-[a-z-]+|aria-[a-z-]+)$/;
  const OWN_ADDRESS = /^(api\/[\w.]+)?(\?[\w.%&=+*:~-]*)?$/;

  function elementOf(tree) {
    if (typeof tree === "string") return document.createTextNode(tree);
    const [tag, attributes, children] = tree;
    if (!TAGS.test(tag)) throw new Error(`no ${tag} is drawn here`);
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
    element.append(...children.map(elementOf));
    return element;
  }

  function setAttribute(element, name, value) {
    if (name === "style") return Object.entries(value).forEach(([part, told]) => element.style.setProperty(part, told));
    if (name === "href" && OWN_ADDRESS.test(value)) return element.setAttribute(name, value);
    if (ATTRIBUTES.test(name)) element.setAttribute(name, value === true ? "" : value);
    return undefined;
  }

  /* How to find an element again after its twin was drawn. */
  function signOf(element) {
    if (!element || element === document.body) return null;
    const [name, value] = Object.entries(element.dataset)[0] || [];
    return { name, value, text: element.textContent };
  }

  function refocus(place, sign) {
    const all = [...place.querySelectorAll("button, a, summary, [tabindex]")];
    const twin = all.find((one) => sign.name && one.dataset[sign.name] === sign.value) || all.find((one) => one.textContent === sign.text);
    if (twin) twin.focus({ preventScroll: true });
  }

  function draw(tree, store) {
    const place = document.getElementById(store.replace(/-tree$/, ""));
    if (!place || !tree) return;
    fill(place, tree);
  }

  /* Let an element hold these trees. */
  function fill(place, tree) {
    const sign = place.contains(document.activeElement) ? signOf(document.activeElement) : null;
    const opened = [...place.querySelectorAll("details[open]")].map((one) => one.className);
    place.replaceChildren(...tree.map(elementOf));
    for (const details of place.querySelectorAll("details")) details.open = opened.includes(details.className);
    if (sign) refocus(place, sign);
  }

  window.trees = { fill };
  window.dash_clientside = Object.assign({}, window.dash_clientside, { trees: { draw } });
})();
