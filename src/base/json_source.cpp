// Boost.JSON is used as headers; its definitions are compiled here and nowhere else.
#include <boost/json/src.hpp>
