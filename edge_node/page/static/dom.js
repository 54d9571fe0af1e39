// The few things that the page does to its document. Text goes in as text, never as markup, and only where it changed.
// Control and formatting characters, which could steer a reader's eye, become dots.
const UNSEEN = /\p{C}/gu;

export const $ = (id) => document.getElementById(id);

export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function drawn(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function setText(element, text) {
  const plain = text.replace(UNSEEN, "·");
  if (element.textContent !== plain) element.textContent = plain;
}

export function setClass(element, className) {
  if (element.className !== className) element.className = className;
}

// As many children as there are items: the ones that are there are filled again, a few are made or taken away.
export function fill(parent, items, makeOne, fillOne) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  while (parent.children.length < items.length) parent.append(makeOne());
  items.forEach((item, place) => fillOne(parent.children[place], item));
}
