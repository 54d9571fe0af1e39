// The login page: a token after the # of the address logs in by itself; neither a server nor a log ever sees that part.
const token = decodeURIComponent(location.hash.slice(1));
const wrong = location.search === "?wrong";

document.documentElement.dataset.look = matchMedia("(prefers-color-scheme: light)").matches ? "sun" : "night";
document.getElementById("wrong").hidden = !wrong;
if (token && !wrong) {
  history.replaceState(null, "", "/login");
  document.getElementById("token").value = token;
  document.getElementById("form").submit();
}
