// SPDX-License-Identifier: MIT
// What somebody sees: put into a picture by tests/plot/run, which reads data-said of its root.
'use strict';

const root = document.documentElement;
const wrong = [];

window.addEventListener('error', event => wrong.push(`error: ${event.message}`));

function shown(element) {
	const box = element.getBoundingClientRect();

	return box.width && element.getAttribute('opacity') !== '0';
}

// No two texts that are shown share a place, and none is outside of the picture.
function checkTexts(when) {
	const page = root.getBoundingClientRect();
	const boxes = [...root.querySelectorAll('text')].filter(shown).map(text => ({
		box: text.getBoundingClientRect(), text: text.textContent }));

	boxes.sort((a, b) => a.box.top - b.box.top);
	boxes.forEach(({ box, text }, i) => {
		if (box.left < page.left || box.right > page.right + 0.5 || box.bottom > page.bottom)
			wrong.push(`${when}: '${text}' is outside`);
		for (let j = i + 1; j < boxes.length && boxes[j].box.top < box.bottom - 1; j++)
			if (boxes[j].box.left < box.right - 0.5 && box.left < boxes[j].box.right - 0.5)
				wrong.push(`${when}: '${text}' overlaps '${boxes[j].text}'`);
	});
	return boxes.length;
}

// Each row has a bar that is seen, beside its name and before what is told of it.
function checkRows() {
	const rows = [...root.querySelectorAll('.row')];
	const left = +root.dataset.left, right = left + +root.dataset.width;

	for (const row of rows) {
		const name = row.querySelector('.name'), info = row.querySelector('.info');
		const bars = [...row.querySelectorAll('.t > *')].map(bar => bar.getBoundingClientRect());
		const line = name.getBoundingClientRect();

		if (!bars.some(bar => bar.width + bar.height > 0 && bar.top >= line.top - 6 &&
			       bar.bottom <= line.bottom + 6))
			wrong.push(`no bar beside '${name.textContent}'`);
		if (line.right > left)
			wrong.push(`'${name.textContent}' reaches into the time`);
		if (bars.some(bar => bar.left < left - 3 || bar.right > right + 3))
			wrong.push(`a bar of '${name.textContent}' is outside of the time`);
		if (Math.abs(info.getBoundingClientRect().top - line.top) > 2)
			wrong.push(`'${info.textContent}' is beside another row`);
		if (!row.querySelector('title').textContent)
			wrong.push(`nothing is told of '${name.textContent}'`);
	}
	return rows.length;
}

function wheel(x, deltaY) {
	root.dispatchEvent(new WheelEvent('wheel', { clientX: x, clientY: 120, deltaY, cancelable: true }));
}

function ticks() {
	return [...root.querySelectorAll('.tick')].map(tick => tick.textContent).join(' ');
}

function zoomed() {
	return root.querySelector('.t').getAttribute('transform');
}

// The wheel zooms to the point below it, dragging moves, a double click shows all again.
function checkZoom() {
	const middle = +root.dataset.left + root.dataset.width / 2, before = ticks();
	const layer = root.querySelector('.row .t').parentNode;

	wheel(middle, -700);
	const scale = /^translate\((.*)\)scale\((.*),1\)$/.exec(zoomed());
	if (!scale || Math.abs(scale[2] - Math.exp(1.4)) > 0.01)
		wrong.push(`the wheel made ${zoomed()}`);
	else if (Math.abs(+scale[1] + root.dataset.width / 2 * (scale[2] - 1)) > 1)
		wrong.push(`the zoom is not where the wheel was: ${zoomed()}`);
	if (ticks() === before)
		wrong.push('the ticks are as before');
	if (getComputedStyle(layer).overflow !== 'hidden')
		wrong.push('what is outside of the time is seen');
	checkTexts('zoomed');
	for (let i = 0; i < 9; i++) {
		wheel(middle, -700);
		checkTexts(`zoomed ${i + 2} times`);
	}
	root.dispatchEvent(new MouseEvent('dblclick'));
	if (ticks() !== before || zoomed() !== 'translate(0)scale(1,1)')
		wrong.push(`not as it was: ${zoomed()}`);
	if (shown(root.querySelector('.hint text')) === false)
		wrong.push('nobody says that it can be zoomed');
}

window.addEventListener('load', () => {
	const texts = checkTexts('at first'), rows = checkRows();

	if (+root.dataset.span)
		checkZoom();
	checkTexts('at last');
	root.dataset.said = wrong.length ? wrong.slice(0, 20).join(' | ') : `good: ${texts} texts, ${rows} rows`;
});
